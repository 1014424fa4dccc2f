"""Signing in, and the user of a request with their roles in one statement: asking for a role costs no query. No rule of who may do what."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Aggregate, CharField, Value
from django.db.models.functions import Cast

from .models import User
from .roles import Role


class JoinedText(Aggregate):
    """The values of a group as one text, separated by spaces; on both databases."""

    function = "GROUP_CONCAT"
    allow_distinct = False
    output_field = CharField()

    def __init__(self, expression: str, **extra: Any) -> None:
        super().__init__(Cast(expression, CharField()), Value(" "), **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


class RoleBackend(ModelBackend):
    """Passwords as Django keeps them; `get_user` fills `User.roles` beside the row itself."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.annotate(role_list=JoinedText("groups__name")).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        held = set((user.role_list or "").split(" "))
        user.__dict__["roles"] = frozenset(role for role in Role if role.value in held)
        return user
