"""Replaying a draft over decided lines: decisions made through the real actions, counted under what a draft would have said."""

import json
from copy import deepcopy
from datetime import date, timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from authreview.errors import Denied, Incomplete
from cases.actions.determination import approve_lines
from cases.actions.replay import NOT_THE_SAME, run_replay, start_replay
from cases.facts import received_on
from cases.models import DecidedLine, Determination, ReplayLine, ReplayRun
from cases.permissions import NOT_A_READER
from cases.queries.rules import joined_rule
from cases.replay import basis_of
from cases.signed_facts import decided_columns, read_facts
from criteria.actions import new_draft, save_draft
from criteria.checks import facts_from_example, propose
from criteria.models import PolicyVersion
from criteria.quick_rule import LETTERS
from criteria.tree import rule_of
from tests.decisions import approvable, denial, offered_and_held, referred
from tests.factories import shipped, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved():
    """64405 under the exception of plan ahh, approved by a nurse."""
    case = approvable()
    approve_lines(case_id=case.pk, lines=[3], by=user("nurse"))
    return case


@pytest.fixture
def denied():
    """64405 under the base policy alone, denied by a director."""
    case = offered_and_held(referred(member_id="SHP-000777"))
    denial(case, 3)
    return case


def document_of(slug):
    return deepcopy(next(kept for policy, kept in shipped() if policy.policy == slug)) | {"version": "draft"}


def draft_of(slug, change=lambda document: None):
    document = document_of(slug)
    change(document)
    return new_draft(document=document, by=user("policy_editor"))


def replayed(version, months=6):
    run = start_replay(version_id=version.pk, months=months, by=user("policy_editor"))
    return run_replay(run_id=run.pk)


def counts(run):
    return {name: getattr(run, name) for name in ("read", "stands", "information", "turns", "outside", "needs_physician")}


def of(**found):
    return {"read": 0, "stands": 0, "information": 0, "turns": 0, "outside": 0, "needs_physician": 0} | found


def criteria(document, rule="greater_occipital"):
    return next(each for each in document["rules"] if each["id"] == rule)["criteria"]["all"]


def one_more(document):
    criteria(document, "ahh_occipital").append({"id": "ahh_new", "text": "Something new", "ask": "New?", "reason": "Not new."})


def physician(document):
    document["rules"][0]["authority"] = "physician"


def fewer_codes(document):
    document["examples"] = []
    for rule in document["rules"]:
        rule["codes"] = ["99999"] if rule["id"] == "greater_occipital" else rule["codes"]


def without_exclusions(document):
    del criteria(document)[0]


def four_months(document):
    criteria(document, "ahh_occipital")[1]["check"] = {"months_since_last": {"at_least": 4}}


def other_diagnosis(document):
    criteria(document, "ahh_occipital")[0]["check"] = {"diagnosis": {"any_of": ["G43*"]}}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda document: None, of(read=1, stands=1)),
        (one_more, of(read=1, information=1)),
        (physician, of(read=1, stands=1, needs_physician=1)),
        (four_months, of(read=1, stands=1)),
        (other_diagnosis, of(read=1, information=1)),
    ],
)
def test_an_approval_under_a_draft_of_its_exception(approved, change, found):
    assert counts(replayed(draft_of("nerve-blocks-ahh", change))) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda document: None, of(read=1, stands=1)),
        (without_exclusions, of(read=1, information=1)),
        (fewer_codes, of(read=1, outside=1)),
    ],
)
def test_a_denial_under_a_draft_of_its_policy(denied, change, found):
    assert counts(replayed(draft_of("nerve-blocks", change))) == found


def test_both_lines_under_a_draft_of_the_base(approved, denied):
    assert counts(replayed(draft_of("nerve-blocks", without_exclusions))) == of(read=2, stands=1, information=1)


def test_lines_of_other_policies_are_not_counted(approved):
    assert counts(replayed(draft_of("occipital-block-lcd"))) == of(read=1)


def test_a_version_that_is_in_force_stands(approved, denied):
    assert counts(replayed(PolicyVersion.objects.get(policy__slug="nerve-blocks"))) == of(read=2, stands=2)


def test_what_would_be_asked_for_and_of_which_line(approved):
    run = replayed(draft_of("nerve-blocks-ahh", one_more))
    (row,) = ReplayLine.objects.filter(run=run)
    assert (row.line.case_id, row.line.number, row.effect, row.before, row.after) == (approved.pk, 3, "information", "met", "undetermined")
    assert "ahh_new" in row.criteria
    assert run.asked["ahh_new"] == 1


def test_only_the_months_asked_for(approved, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=70))
    version = draft_of("nerve-blocks-ahh")
    assert counts(replayed(version, months=1)) == of()
    assert counts(replayed(version, months=3)) == of(read=1, stands=1)


def test_asked_for_twice_it_is_one_run(approved):
    version = draft_of("nerve-blocks-ahh", one_more)
    first, second = replayed(version), replayed(version)
    assert first == second
    assert (ReplayRun.objects.count(), ReplayLine.objects.count()) == (1, 1)


def test_a_broken_off_run_goes_on_and_reads_nothing_twice(approved, denied, monkeypatch):
    monkeypatch.setattr("cases.actions.replay.PIECE", 1)
    version = draft_of("nerve-blocks", without_exclusions)
    run = start_replay(version_id=version.pk, months=6, by=user("policy_editor"))
    kept = run_replay(run_id=run.pk)
    assert (kept.status, kept.read, kept.total) == ("done", 2, 2)
    ReplayRun.objects.filter(pk=run.pk).update(status="running", finished_at=None)
    assert counts(run_replay(run_id=run.pk)) == counts(kept)


def test_a_draft_that_was_changed_meanwhile_is_said(approved):
    version = draft_of("nerve-blocks-ahh")
    run = start_replay(version_id=version.pk, months=6, by=user("policy_editor"))
    changed = document_of("nerve-blocks-ahh") | {"title": "Another"}
    save_draft(version_id=version.pk, document=changed, revision=version.revision, by=user("policy_editor"))
    found = run_replay(run_id=run.pk)
    assert (found.status, found.problem) == ("failed", NOT_THE_SAME)


@pytest.mark.parametrize("months", [0, -1, 121])
def test_months_out_of_range(approved, months):
    with pytest.raises(Incomplete, match=r"Choose 1 to 120 months\."):
        start_replay(version_id=draft_of("nerve-blocks-ahh").pk, months=months, by=user("policy_approver"))


@pytest.mark.parametrize("role", ["nurse", "medical_director", "intake", "letters", "supervisor"])
def test_needs_role(client, approved, role):
    version = draft_of("nerve-blocks-ahh")
    with pytest.raises(Denied):
        start_replay(version_id=version.pk, months=6, by=user(role))
    client.force_login(user(role))
    assert client.get(reverse("policy-replay", args=["nerve-blocks-ahh", "draft"])).status_code == 403


# ---- what was signed ---------------------------------------------------------------------------------------------------------
def test_what_is_kept_beside_a_signature_is_what_was_signed(approved, denied):
    for signed in Determination.objects.select_related("decided", "line__case"):
        kept, received = signed.decided, received_on(signed.line.case)
        columns = decided_columns(signed.snapshot, received, [leaf.id for leaf in joined_rule(signed.line).criteria])
        assert columns == {name: getattr(kept, name) for name in columns}
        assert (kept.line_id, kept.code, kept.value) == (signed.line_id, signed.line.code, signed.value)
        assert (kept.signed_as, kept.signed_at) == (signed.signed_as, signed.signed_at)
        letters = dict(zip(json.loads(kept.under)["criteria"], kept.answers, strict=True))
        assert {name: letter for name, letter in letters.items() if letter != "-"} == {
            name: LETTERS[found] for name, found in signed.findings.items() if found
        }


def test_whose_check_was_overruled(approved):
    (text,) = Determination.objects.values_list("snapshot", flat=True)
    assert read_facts(decided_columns(text, date(2026, 3, 2))["facts"])[0] == []
    other = json.loads(text.replace('"origin":"accepted"', '"origin":"override"', 1))
    (name,) = [name for name, found in other["findings"].items() if found["origin"] == "override"]
    assert read_facts(decided_columns(json.dumps(other), date(2026, 3, 2))["facts"])[0] == [name]


@pytest.mark.postgres
def test_a_decision_from_before_there_were_such_columns_gets_them(approved, denied):
    """As the migration does it: without the rule at hand."""
    kept = {row.pk: (row.under, row.answers, row.facts, row.code, row.value, row.signed_as) for row in DecidedLine.objects.all()}
    with connection.cursor() as cursor:
        sqlite = connection.vendor == "sqlite"
        cursor.execute("DROP TRIGGER cases_decidedline_no_delete" if sqlite else "SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM cases_decidedline")
    import_module("cases.migrations.0006_decided_lines_of_old_decisions").keep(apps, None)
    again = {row.pk: row for row in DecidedLine.objects.all()}
    assert again.keys() == kept.keys()
    for number, (under, answers, facts, *rest) in kept.items():
        row = again[number]
        assert [row.facts, row.code, row.value, row.signed_as] == [facts, *rest]
        before, now = json.loads(under), json.loads(row.under)
        said, says = (dict(zip(told["criteria"], text, strict=True)) for told, text in ((before, answers), (now, row.answers)))
        assert says == {name: letter for name, letter in said.items() if name in says}
        assert before | {"criteria": 0} == now | {"criteria": 0}


def test_checks_counted_again_say_what_the_check_says_of_the_confirmed_facts(approved, denied):
    for signed in Determination.objects.all():
        rule, received = joined_rule(signed.line), str(timezone.localdate(signed.line.case.received_at))
        text = json.loads(signed.snapshot)
        facts, line, onset = text["facts"], text["line"], text["facts"]["onset"]
        confirmed = {kind: [row for row in rows if row["confirmed_at"]] for kind, rows in facts.items() if isinstance(rows, list)}
        known = facts_from_example(
            {"review_type": text["case"]["review_type"], "received": received, "first_service": line["first_service"]}
            | {"birth_date": text["case"]["member"]["birth_date"], "diagnoses": confirmed["diagnoses"]}
            | {"symptom_onset": onset["value"] if onset and onset["confirmed_at"] else None}
            | {"treatments": [row | {"response": row["response"] or None} for row in confirmed["treatments"]]}
            | {"sessions": [row for row in facts["sessions"] if row["confirmed_at"] or row["source"] == "approved"]}
            | {"line": line | {"examined_sites": [{"name": row["site"], "side": row["side"]} for row in confirmed["examinations"]]}}
        )
        basis = basis_of(None, rule)
        quick = read_facts(signed.decided.facts)[1]
        counted = {name: answer(quick) for name, answer in basis.recount.items() if answer}
        checks = {leaf.id: leaf.check for leaf in rule.criteria if leaf.check}
        assert counted == {name: propose(checks[name], known, rule_of(rule, name).codes).finding for name in counted}
        assert counted


# ---- pages ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["policy_editor", "policy_approver"])
def test_works_without_htmx(client, approved, role):
    draft_of("nerve-blocks-ahh", one_more)
    client.force_login(user(role))
    address = reverse("policy-replay", args=["nerve-blocks-ahh", "draft"])
    assert "There is none yet." in client.get(address).content.decode()
    answer = client.post(address, {"months": "6"}, follow=True)
    run = ReplayRun.objects.get()
    assert answer.redirect_chain == [(reverse("replay-run", args=[run.pk]), 302)]
    assert (run.status, run.information, run.started_by) == ("done", 1, user(role))
    assert "Something new" in answer.content.decode()
    assert reverse("replay-run", args=[run.pk]) in client.get(address).content.decode()


@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_who_changes_nothing_reads_replays_and_starts_none(client, approved, role):
    run = replayed(draft_of("nerve-blocks-ahh", one_more))
    client.force_login(user(role))
    address = reverse("policy-replay", args=["nerve-blocks-ahh", "draft"])
    page = client.get(address).content.decode()
    assert "Past decisions are replayed by policy editors and policy approvers." in page
    assert 'aria-disabled="true"' in page
    assert reverse("replay-run", args=[run.pk]) in page
    assert client.get(reverse("replay-run", args=[run.pk])).status_code == 200
    assert client.post(address, {"months": "6"}).status_code == 403


def test_lines_are_linked_for_who_may_open_cases(client, approved):
    run = replayed(draft_of("nerve-blocks-ahh", one_more))
    address = reverse("replay-run", args=[run.pk]) + "?effect=information"
    link = reverse("case-line", args=[approved.reference, 3])
    client.force_login(user("auditor"))
    assert f'href="{link}"' in client.get(address).content.decode()
    client.force_login(user("policy_editor"))
    text = client.get(address).content.decode()
    assert link not in text
    assert NOT_A_READER in text
    assert f"{approved.reference}, line 3, 64405" in text


def test_polls_until_it_has_ended(client, approved):
    version = draft_of("nerve-blocks-ahh")
    run = start_replay(version_id=version.pk, months=6, by=user("policy_editor"))
    client.force_login(user("policy_editor"))
    address = reverse("replay-run", args=[run.pk])
    page, fragment = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert 'http-equiv="refresh"' in page.content.decode()
    assert 'hx-trigger="every 2s"' in fragment.content.decode()
    assert fragment.content.decode().strip() in page.content.decode()
    run_replay(run_id=run.pk)
    ended = client.get(address).content.decode()
    assert "hx-trigger" not in ended.split('id="state"')[1].split(">")[0]
    assert 'http-equiv="refresh"' not in ended


def test_shows_errors(client, approved):
    draft_of("nerve-blocks-ahh")
    client.force_login(user("policy_editor"))
    answer = client.post(reverse("policy-replay", args=["nerve-blocks-ahh", "draft"]), {"months": "0"})
    assert answer.status_code == 422
    assert ReplayRun.objects.count() == 0


@pytest.mark.parametrize("address", ["/policies/nerve-blocks-ahh/replay/1999", "/policies/nobody/replay/1", "/replays/99/"])
def test_nothing_there(client, approved, address):
    client.force_login(user("policy_editor"))
    assert client.get(address).status_code == 404


def test_strange_words_in_the_address(client, approved):
    run = replayed(draft_of("nerve-blocks-ahh", one_more))
    client.force_login(user("auditor"))
    for query in ("?effect=stands", "?effect=nonsense", "?effect=information&after=x", "?effect=information&after=999999"):
        assert client.get(reverse("replay-run", args=[run.pk]) + query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(client, approved, count, django_assert_num_queries):
    run = replayed(draft_of("nerve-blocks-ahh", one_more))
    row = ReplayLine.objects.get()
    ReplayLine.objects.bulk_create(
        ReplayLine(run=run, line=row.line, effect="information", before="met", criteria=[]) for _ in range(count - 1)
    )
    client.force_login(user("auditor"))
    address = reverse("replay-run", args=[run.pk]) + "?effect=information"
    client.get(address)
    with django_assert_num_queries(QUERIES):
        client.get(address)


QUERIES = 5  # session, user with roles, run, lines, documents


def test_the_command(approved):
    draft_of("nerve-blocks-ahh", one_more)
    out = StringIO()
    call_command("replay", "nerve-blocks-ahh", "draft", "--months", "2", "--by", user("policy_editor").username, stdout=out)
    assert "1 decisions of 2 months read. 0 would stand, 1 would need other information, 0 would turn" in " ".join(out.getvalue().split())


def test_the_command_goes_on_with_what_was_broken_off(approved):
    start_replay(version_id=draft_of("nerve-blocks-ahh").pk, months=6, by=user("policy_editor"))
    out = StringIO()
    call_command("replay", "--unfinished", stdout=out)
    assert ReplayRun.objects.get().status == "done"
    assert "1 would stand" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name a policy, its version, and with --by who asks."),
        (["nobody", "1", "--by", "policy_editor"], "There is no nobody 1."),
        (["nerve-blocks-ahh", "2026.1", "--by", "nobody"], "There is no user nobody."),
        (["nerve-blocks-ahh", "2026.1", "--by", "nurse"], "Past decisions are replayed by policy editors and policy approvers."),
    ],
)
def test_the_command_says_what_is_wrong(approved, arguments, sentence):
    user("policy_editor")
    with pytest.raises(CommandError, match=sentence):
        call_command("replay", *arguments)


def test_dates_of_a_run(approved, frozen):
    run = start_replay(version_id=draft_of("nerve-blocks-ahh").pk, months=6, by=user("policy_editor"))
    assert (run.since, run.until) == (date(2025, 9, 10), date(2026, 3, 10))
