"""How fresh a session is, and the password asked for once more. What either is needed for is decided by who calls."""

import time

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest

SEEN = "seen_at"
SIGNED_IN = "signed_in_at"


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password was given in this session within settings.FRESH_SESSION."""
    given = request.session.get(SIGNED_IN)
    return given is not None and time.time() - given <= settings.FRESH_SESSION.total_seconds()


def is_password_of_reader(request: HttpRequest, password: str) -> bool:
    """Whether this is the password of the person signed in. Wrong ones count towards the lock-out; it makes the session fresh."""
    if not request.user.is_authenticated or not password:
        return False
    if authenticate(request, username=request.user.get_username(), password=password) != request.user:
        return False
    request.session[SIGNED_IN] = int(time.time())
    return True
