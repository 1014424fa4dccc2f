"""A running review stays with its versions, and says what is in force today and what that changes for its line."""

from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authreview.canonical import canonical, sha256
from cases.models import ServiceLine
from cases.queries.newer import News, newer
from criteria.models import Policy, PolicyVersion, RuleCode
from tests.conftest import NEW_YORK
from tests.factories import RECEIVED, case_at, founding_case, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_store")]
TODAY = date(2026, 3, 20)
TPI, BLOCKS, AHH = "trigger-point-injections", "nerve-blocks", "nerve-blocks-ahh"


def words(response):
    return " ".join(response.content.decode().split())


def line_of(case, number):
    return ServiceLine.objects.select_related("case__plan").get(case=case, number=number)


def in_force(slug, version="2026.2", begins="2026-03-10", of=None, **more):
    """The shipped policy of this slug under another version, in force: as a row, as the shipped ones are."""
    old = PolicyVersion.objects.get(policy__slug=of or slug, version="2026.1")
    document = deepcopy(old.document) | {"policy": slug, "version": version, "effective": {"from": begins, "until": None}}
    document["examples"] = []
    change, keys = more.pop("change", None), more
    if change:
        change(document)
    document |= keys
    old.pk = None
    old.policy = Policy.objects.get_or_create(slug=slug)[0]
    old.document, old.version, old.digest = document, version, sha256(canonical(document))
    by, at = old.published_by, old.published_at
    old.status, old.published_by, old.published_at = "approved", None, None
    old.in_force_until, old.retired_by, old.retired_at = None, None, None
    old.effective_from, old.overlays = date.fromisoformat(begins), document.get("overlays") or ""
    old.save(force_insert=True)
    RuleCode.objects.bulk_create(RuleCode(version=old, code=code, rule=rule["id"]) for rule in document["rules"] for code in rule["codes"])
    old.status, old.published_by, old.published_at = "published", by, at
    old.save()
    return old


def leaves(node):
    if "text" in node:
        yield node
        return
    for children in node.values():
        for child in children.get("of", []) if isinstance(children, dict) else children if isinstance(children, list) else []:
            yield from leaves(child)


def reword(code, criterion, text):
    """A change of one criterion of the rule of a code."""

    def change(document):
        rule = next(each for each in document["rules"] if code in each["codes"])
        next(leaf for leaf in leaves(rule["criteria"]) if leaf["id"] == criterion)["text"] = text

    return change


def test_nothing_to_tell():
    case = founding_case("a")
    assert [newer(line_of(case, number), TODAY) for number in (1, 2, 3, 4)] == [[], [], [], []]


def test_what_changed_for_this_line_alone():
    case = founding_case("a")
    in_force(TPI, change=reword("20553", "duration", "Symptoms have lasted 4 months"))
    blocks = in_force(BLOCKS, begins="2026-03-11")
    (told,) = newer(line_of(case, 1), TODAY)
    assert (told.kind, told.pinned.version, told.now.version, told.now.since) == (News.FOLLOWED, "2026.1", "2026.2", date(2026, 3, 10))
    assert [(change.criterion, change.what) for change in told.changes] == [("duration", "text")]
    (other,) = newer(line_of(case, 2), TODAY)
    assert (other.now.since, other.changes) == (blocks.effective_from, ())
    assert newer(line_of(case, 1), date(2026, 3, 9)) == []


def test_a_rule_of_another_code_is_not_this_line_s():
    case = founding_case("a")
    own, other = (line_of(case, number).code for number in (2, 3))
    rules = {code: rule["id"] for rule in PolicyVersion.objects.get(policy__slug=BLOCKS).document["rules"] for code in rule["codes"]}
    assert rules[own] != rules[other]

    def change(document):
        rule = next(each for each in document["rules"] if other in each["codes"])
        next(leaves(rule["criteria"]))["help"] = "Read it anew."

    in_force(BLOCKS, change=change)
    assert newer(line_of(case, 2), TODAY)[0].changes == ()
    assert [each.what for each in newer(line_of(case, 3), TODAY)[0].changes] == ["help"]


def test_exceptions_that_changed_and_that_apply_now():
    with_one, without = founding_case("b"), founding_case("a", plan="ahh", member_id="SHP-000199")
    assert [row["policy"] for row in line_of(with_one, 2).pinned] == [BLOCKS, AHH]
    in_force(AHH)
    (told,) = newer(line_of(with_one, 2), TODAY)
    assert (told.kind, told.pinned.policy, told.is_exception) == (News.FOLLOWED, AHH, True)
    ServiceLine.objects.filter(pk=line_of(without, 3).pk).update(pinned=line_of(without, 3).pinned[:1])
    (joins,) = newer(line_of(without, 3), TODAY)
    assert (joins.kind, joins.pinned, joins.now.policy, joins.is_exception) == (News.JOINS, None, AHH, True)


def test_retired_and_followed_by_another_policy():
    case = founding_case("a")
    PolicyVersion.objects.filter(policy__slug=TPI).update(
        status="retired", in_force_until=date(2026, 3, 12), retired_by=user("policy_approver"), retired_at=RECEIVED
    )
    assert [each.kind for each in newer(line_of(case, 1), TODAY)] == [News.ENDED]
    in_force("shots", of=TPI)
    (told,) = newer(line_of(case, 1), TODAY)
    assert (told.kind, told.pinned.policy, told.now.policy) == (News.OTHER, TPI, "shots")


def test_a_policy_for_a_code_that_none_governed():
    case = founding_case("a")
    ServiceLine.objects.filter(case=case, number=1).update(pinned=[], policy_version=None, rule="")
    assert [(each.kind, each.now.policy) for each in newer(line_of(case, 1), TODAY)] == [(News.FIRST, TPI)]


def test_a_review_that_is_overdue_unless_a_version_followed():
    case = founding_case("a")
    late = PolicyVersion.objects.get(policy__slug=TPI).next_review + timedelta(days=1)
    assert [(each.kind, each.due) for each in newer(line_of(case, 1), late)] == [(News.OVERDUE, late - timedelta(days=1))]
    in_force(TPI)
    assert [each.kind for each in newer(line_of(case, 1), late)] == [News.FOLLOWED]


def test_decided_lines_are_left_alone():
    case = case_at("decided")
    in_force(TPI)
    in_force(BLOCKS)
    decided = [line for number in (1, 2, 3, 4) if (line := line_of(case, number)).status == "decided"]
    assert decided
    assert [newer(line, TODAY) for line in decided] == [[] for _ in decided]


def test_two_statements_however_many_versions():
    case = founding_case("b")
    in_force(BLOCKS)
    in_force(AHH)
    line = line_of(case, 2)
    newer(line, TODAY)
    with CaptureQueriesContext(connection) as asked:
        assert len(newer(line, TODAY)) == 2
    assert len(asked) <= 2


def test_on_the_case_page_and_the_director_s(client, frozen):
    frozen.move_to(datetime(2026, 3, 20, 9, 0, tzinfo=NEW_YORK))
    case = case_at("physician_review")
    in_force(TPI, change=reword("20553", "duration", "Symptoms have lasted 4 months"))
    in_force(BLOCKS)
    client.force_login(user("nurse"))
    page = words(client.get(reverse("case-line", args=[case.reference, 1])))
    assert "2026.2 is in force since 10 Mar 2026; this review stays with 2026.1." in page
    assert "What changed for this line (1)" in page
    assert "“Symptoms have lasted 4 months”, text:" in page
    assert f"{reverse('policy-version', args=[TPI, '2026.2'])}?since=2026.1#changes" in page
    assert "Symptoms have lasted more than 3 months" in page  # the checklist is the pinned one
    client.force_login(user("medical_director"))
    page = words(client.get(reverse("sign-off-line", args=[case.reference, 2])))
    assert "2026.2 is in force since 10 Mar 2026; this review stays with 2026.1. The rule of this line is the same in both." in page


def test_two_versions_compared_in_the_reading_room(client):
    founding_case("a")
    in_force(TPI, change=reword("20553", "duration", "Symptoms have lasted 4 months"))
    in_force(TPI, "2026.3", "2026-03-15", change=reword("20553", "duration", "Symptoms have lasted 5 months"))
    client.force_login(user("nurse"))
    url = reverse("policy-version", args=[TPI, "2026.3"])
    assert "What changed since 2026.1" in words(client.get(url, {"since": "2026.1"}))
    assert "What changed since 2026.2" in words(client.get(url))
    assert client.get(url, {"since": "1999"}).status_code == 404
