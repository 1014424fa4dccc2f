"""Finding cases by reference, member or code: what was typed into the search of the bar."""

import re
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from cases.intake_problems import DIAGNOSIS_CODE, SERVICE_CODE
from cases.models import Case, Diagnosis, Member, ServiceLine

from .codes import MOST_LETTERS
from .worklist import PAGE, Page

REFERENCE = re.compile(r"PA-[0-9]{0,4}(-[0-9]*)?")
MOST_MEMBERS = 200  # a name as common as that is narrowed by typing more


def cases_found(text: str) -> QuerySet[Case]:
    """Cases of this reference (or its beginning), member number, name, procedure or diagnosis; every case where nothing was typed."""
    words = " ".join(text.replace("\0", "").split())[:MOST_LETTERS]
    if text and not words:
        return Case.objects.none()
    if not words:
        return Case.objects.all()
    code = words.upper()
    if REFERENCE.fullmatch(code):
        return Case.objects.filter(reference__startswith=code)
    # one way at a time, each by its own index: joined by "or" they would walk every case
    if members := members_of_number(words):
        return Case.objects.filter(member__in=members)
    if SERVICE_CODE.fullmatch(code) and any(each.isdigit() for each in code):
        return Case.objects.filter(Exists(ServiceLine.objects.filter(case_id=OuterRef("pk"), code=code)))
    if DIAGNOSIS_CODE.fullmatch(code):
        return Case.objects.filter(Exists(Diagnosis.objects.filter(case_id=OuterRef("pk"), code=code)))
    return Case.objects.filter(member__in=members_found(words, MOST_MEMBERS))


def case_page(rows: QuerySet[Case], place: int | None, *, backwards: bool = False, size: int = PAGE) -> Page:
    """One page, what was entered last comes first. `place` is the number of the row before it (after it, if backwards)."""
    if place is not None:
        rows = rows.filter(pk__gt=place) if backwards else rows.filter(pk__lt=place)
    found = list(rows.only("pk", "entered_at").order_by("pk" if backwards and place is not None else "-pk")[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards and place is not None:
        return Page(found[::-1], has_previous=more, has_next=True)
    return Page(found, has_previous=place is not None, has_next=more)


def members_of_number(number: str) -> list[Member]:
    """Members of this number, in whichever plans."""
    return list(Member.objects.filter(member_id__in={number.strip(), number.strip().upper()}).select_related("plan").order_by("pk"))


def members_found(text: str, most: int) -> Sequence[Member]:
    """Members by number, or by the beginning of their names in either order: "sample", "avery sam", "sample, avery"."""
    text = text.replace("\0", "").strip()[:MOST_LETTERS]
    words = text.casefold().replace(",", " ").split()
    if not words:
        return []
    if numbered := members_of_number(text):
        return numbered[:most]
    first, last = words[0], words[-1]
    named = Q(family__startswith=first) | Q(given__startswith=first)
    if len(words) > 1:
        rest = " ".join(words[1:])
        named = Q(given__startswith=first, family__startswith=rest) | Q(family__startswith=" ".join(words[:-1]), given__startswith=last)
    rows = Member.objects.select_related("plan").alias(family=Lower("family_name"), given=Lower("given_name"))
    return list(rows.filter(named).order_by("family_name", "given_name", "pk")[:most])
