"""Where a change came from: address and request id of the request being served, or the name of the command that runs."""

from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

_origin: ContextVar[str] = ContextVar("origin", default="")


def current_origin() -> str:
    """At most 60 characters, empty outside a request or command."""
    return _origin.get()


def set_origin(text: str) -> None:
    _origin.set(text[:60])


def client_address(request: HttpRequest) -> str:
    """The visitor's address. Each proxy of ours adds the one it saw at the end of X-Forwarded-For; what stands before is hearsay."""
    seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    if 0 < settings.PROXY_COUNT <= len(seen):
        return seen[-settings.PROXY_COUNT]
    return str(request.META.get("REMOTE_ADDR", ""))
