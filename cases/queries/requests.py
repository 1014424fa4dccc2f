"""Information requests as their pages read them: one sent request with its items, and the one that is kept for later."""

from django.db.models import Prefetch

from cases.models import Case, InformationRequest, RequestItem
from cases.queries.asking import STILL_WANTED, AskedItem, Target, WantedItem, asked_items

_ITEMS = Prefetch("items", RequestItem.objects.select_related("line", "document", "resolved_by").order_by("position"))


def request_of(case: Case, request_id: int) -> InformationRequest | None:
    """A sent request of this case, or None."""
    found = case.requests.filter(pk=request_id, sent_at__isnull=False)
    return found.select_related("sent_by").prefetch_related(_ITEMS).first()


def drafted(case: Case) -> list[WantedItem]:
    """The items of the request that is not sent yet."""
    request = case.requests.filter(sent_at__isnull=True).prefetch_related(_ITEMS).first()
    if request is None:
        return []
    return [
        WantedItem(
            wording=item.wording,
            targets=tuple(Target(row.line.number, tuple(row.criteria), row.flag) for row in item.rows),
            ticked=True,
            why=("kept for later",),
        )
        for item in asked_items(request)
    ]


def answers_to(item: AskedItem) -> list[RequestItem]:
    """The rows of an item that still wait."""
    return [row for row in item.rows if row.status in STILL_WANTED]
