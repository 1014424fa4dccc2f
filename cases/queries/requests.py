"""Information requests as their pages read them: one sent request with its items, the one kept for later, and one as it would be sent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Prefetch

from authreview.models import User
from authreview.roles import Role
from cases.models import Case, InformationRequest, RequestItem, ServiceLine
from cases.queries.asking import STILL_WANTED, AskedItem, ItemDraft, Target, WantedItem, asked_items

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


def asked_by_director(lines: Iterable[ServiceLine]) -> set[int]:
    """Of these lines (by pk) those that the answers bring back to a director: referred, and last asked about by one who decides them."""
    every = {line.pk: line for line in lines}
    rows = RequestItem.objects.filter(line__in=every, line__referrals__isnull=False, request__sent_at__isnull=False)
    last = dict(rows.order_by("request__sent_at", "request_id").values_list("line_id", "request__sent_by_id"))
    directors = set(User.objects.filter(pk__in=last.values(), groups__name=Role.MEDICAL_DIRECTOR.value).values_list("pk", flat=True))
    return {pk for pk, by in last.items() if by in directors and by not in every[pk].reviewer_ids}


def item_rows(request: InformationRequest, items: Sequence[ItemDraft], lines: Mapping[int, ServiceLine]) -> list[RequestItem]:
    """One row for each line that an item is about: every line waits for its own rows alone. Not saved here."""
    rows = [(item, target) for item in items for target in item.targets]
    return [
        RequestItem(
            request=request,
            line=lines[target.line],
            position=position,
            wording={language: text.strip() for language, text in item.wording.items() if text.strip()},
            criteria=list(target.criteria),
            flag=target.flag,
        )
        for position, (item, target) in enumerate(rows, start=1)
    ]


def unsent_request(
    case: Case, items: Sequence[ItemDraft], lines: Mapping[int, ServiceLine], *, by: User, until: datetime, now: datetime
) -> tuple[InformationRequest, list[RequestItem]]:
    """A request as sending it now would leave it, and its items. Nothing of it is saved."""
    request = InformationRequest(case=case, created_by=by, created_at=now, sent_at=now, sent_by=by, answer_by=until)
    return request, item_rows(request, items, lines)


def answers_to(item: AskedItem) -> list[RequestItem]:
    """The rows of an item that still wait."""
    return [row for row in item.rows if row.status in STILL_WANTED]
