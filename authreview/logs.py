"""What may stand in a log: who, which address, which status, which kind of error. Never a value, a search word or a sentence of a case."""

import sys
import traceback
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware
from structlog.typing import EventDict, Processor, WrappedLogger

from authreview.origin import client_address, set_origin


class RequestLog(RequestMiddleware):
    """One line per request, without the query string: people search for members by name. Tells the history where a change comes from."""

    def prepare(self, request: HttpRequest) -> None:
        super().prepare(request)
        set_origin(f"{client_address(request)} {structlog.contextvars.get_contextvars()['request_id'][:18]}")

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        super().handle_response(request, response)
        set_origin("")

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


def error_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the types and places of an exception, drop its message: that may quote a row of a table or what was typed."""
    info: Any = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info else None
    if error is not None:
        event["error"] = [f"{type(each).__module__}.{type(each).__qualname__}" for each in _causes(error)]
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return event


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _processors(*, readable: bool) -> list[Processor]:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return shared if readable else [*shared, error_without_values]


def logging_config(*, level: str, readable: bool) -> dict[str, Any]:
    """Settings for Python's logging: JSON lines on stderr, or for a developer (whose cases are invented) text with whole tracebacks."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if readable
        else structlog.processors.JSONRenderer()
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": _processors(readable=readable),
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # RequestLog says it already, with more
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            # font subsetting and stylesheets, one line per glyph table
            "fontTools": {"level": "ERROR"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def configure_structlog(*, readable: bool) -> None:
    """The same lines for what the project logs itself."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_processors(readable=readable),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
