"""Where a change came from: address and request id of the request being served, or the name of the command that runs."""

from contextvars import ContextVar

_origin: ContextVar[str] = ContextVar("origin", default="")


def current_origin() -> str:
    """At most 60 characters, empty outside a request or command."""
    return _origin.get()


def set_origin(text: str) -> None:
    _origin.set(text[:60])
