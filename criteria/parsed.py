"""Trees of stored versions, parsed once per process: a document never changes under its digest. Nothing here judges a document."""

from typing import Any

from django.db.models import QuerySet

from .format import parse
from .models import PolicyVersion
from .tree import Policy

MOST = 1000  # trees; a house that holds more parses some of them again
_TREES: dict[str, Policy] = {}


def tree_of(version: PolicyVersion) -> Policy:
    """The tree of a valid document, such as every published one is."""
    found = _TREES.get(version.digest)
    if found is None:
        found = _kept(version.digest, version.document)
    return found


def with_trees(versions: QuerySet[PolicyVersion]) -> list[PolicyVersion]:
    """Published versions without their documents, each with its tree at hand. One statement; a second for trees not parsed yet."""
    found = list(versions.defer("document"))
    unknown = {version.pk: version.digest for version in found if version.digest not in _TREES}
    if unknown:
        for pk, document in PolicyVersion.objects.filter(pk__in=unknown).values_list("pk", "document"):
            _kept(unknown[pk], document)
    return found


def _kept(digest: str, document: Any) -> Policy:
    if len(_TREES) >= MOST:
        _TREES.clear()
    tree = _TREES[digest] = parse(document)
    return tree


def policy_by_digest(digest: str) -> Policy:
    """The tree of a pinned digest; no statement where it is known. Raises PolicyVersion.DoesNotExist."""
    found = _TREES.get(digest)
    if found is not None:
        return found
    version = PolicyVersion.objects.filter(digest=digest).only("digest", "document").first()
    if version is None:
        raise PolicyVersion.DoesNotExist(f"no policy version has the digest {digest}")
    return tree_of(version)
