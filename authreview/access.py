"""Who looked at what: views say what they show by a decorator, and what was refused is kept too. Nothing here decides who may look."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from .errors import Refusal
from .models import AccessRecord, User
from .origin import current_origin

SHOWN, REFUSED = "shown", "refused"
_P = ParamSpec("_P")
_Request = TypeVar("_Request", bound=HttpRequest)
_Response = TypeVar("_Response", bound=HttpResponseBase)
_View = Callable[Concatenate[_Request, _P], _Response]


def record_access(user: User, kind: str, key: str, outcome: str = SHOWN) -> None:
    """One row. `kind`: case, document, page, image, letter, summary; `key`: reference, or reference/document/page."""
    AccessRecord.objects.create(at=timezone.now(), user_id=user.pk, kind=kind, key=key[:60], origin=current_origin(), outcome=outcome)


def reads(kind: str) -> Callable[[_View[_Request, _P, _Response]], _View[_Request, _P, _Response]]:
    """`@reads("page")` over a view: keeps what its address names as the key, and whether it was shown. GET alone: writes are no reads."""

    def decorate(view: _View[_Request, _P, _Response]) -> _View[_Request, _P, _Response]:
        @wraps(view)
        def recorded(request: _Request, *args: _P.args, **kwargs: _P.kwargs) -> _Response:
            if request.method not in ("GET", "HEAD") or not isinstance(request.user, User):
                return view(request, *args, **kwargs)
            key = "/".join(str(value) for value in (*args, *kwargs.values()))
            try:
                response = view(request, *args, **kwargs)
            except (Refusal, Http404, PermissionDenied):
                record_access(request.user, kind, key, REFUSED)
                raise
            record_access(request.user, kind, key, SHOWN if response.status_code < 400 else REFUSED)
            return response

        return recorded

    return decorate
