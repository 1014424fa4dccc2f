"""What may stand in a log: who, which address, which status, which kind of error. Never a value, a search word or a sentence of a case."""

import sys
import traceback
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from structlog.typing import EventDict, Processor, WrappedLogger


class RequestLog(RequestMiddleware):
    """One line per request, without the query string: people search for members by name."""

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


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    error_without_values,
]


def logging_config(*, level: str, readable: bool) -> dict[str, Any]:
    """Settings for Python's logging: JSON lines on stderr, or (for a person at a terminal) coloured text."""
    renderer: Processor = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer()
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # RequestLog says it already, with more
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            "django": {"handlers": [], "level": level, "propagate": True},
            # font subsetting and stylesheets, one line per glyph table
            "fontTools": {"level": "ERROR"},
            "weasyprint": {"level": "ERROR"},
        },
    }


def configure_structlog() -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
