"""Policies in the administration: the list, the page of a version, import, the steps of its life."""

from .versions import PolicyEventAdmin, PolicyVersionAdmin

__all__ = ["PolicyEventAdmin", "PolicyVersionAdmin"]
