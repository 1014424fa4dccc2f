"""The life of a policy version through its actions: who may do what, what blocks it, what is written down, what two editors see."""

import json
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from authreview.canonical import canonical, chained, sha256
from authreview.errors import Conflict, Denied, Incomplete
from authreview.models import User
from criteria.actions import (
    CONFIRM_PAST,
    approve,
    blockers_of,
    discard_draft,
    new_draft,
    publish,
    retire,
    return_to_draft,
    save_draft,
    submit,
    waive_spanish,
)
from criteria.models import Policy, PolicyEvent, PolicyVersion
from criteria.queries import authors, library
from tests.factories import user
from tests.small_policies import drafted, published, small, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def editor():
    return user("policy_editor")


@pytest.fixture
def approver():
    return user("policy_approver")


def refused(kind, action, **arguments):
    with pytest.raises(kind) as caught:
        action(**arguments)
    return caught.value.sentence


def places(version):
    return {blocker.where for blocker in blockers_of(version)}


def test_whole_life(editor, approver):
    version = published(small())
    retire(version_id=version.pk, by=approver, last_day=date(2026, 4, 30))
    version.refresh_from_db()
    assert (version.status, version.in_force_until) == ("retired", date(2026, 4, 30))
    assert (version.drafted_by, version.submitted_by, version.approved_by, version.published_by, version.retired_by) == (
        editor,
        editor,
        approver,
        approver,
        approver,
    )
    events = list(version.policy.events.all())
    assert [event.kind for event in events] == ["drafted", "spanish_waived", "submitted", "approved", "published", "retired"]
    previous = ""
    for event in events:
        parts = (version.policy.slug, event.sequence, event.kind, event.version, event.by_id, event.at.isoformat(), event.payload)
        assert (event.previous, event.hash) == (previous, chained(previous, *parts))
        previous = event.hash
    assert (Policy.objects.get().event_count, Policy.objects.get().event_head) == (len(events), previous)


def test_columns_are_derived_from_the_document():
    version = published(small(until="2027-06-30", basis="lcd"))
    assert (version.title, version.basis_rank, version.effective_from, version.effective_until, version.next_review, version.overlays) == (
        "Joint shots",
        2,
        date(2026, 1, 1),
        date(2027, 6, 30),
        date(2026, 12, 1),
        "",
    )
    assert version.digest == sha256(canonical(version.document))
    assert list(version.codes.values_list("code", "rule")) == [("27093", "hip")]


# ---- who


@pytest.mark.parametrize("role", ["nurse", "policy_approver", "admin", "medical_director"])
def test_only_an_editor_drafts(role):
    assert refused(Denied, new_draft, document=small(), by=user(role)) == "Only a policy editor drafts policies."


def test_only_an_approver_approves_publishes_and_retires(editor, approver):
    version = submitted(small())
    sentence = "Only a policy approver approves, publishes and retires policies."
    assert refused(Denied, approve, version_id=version.pk, by=editor) == sentence
    approve(version_id=version.pk, by=approver)
    assert refused(Denied, publish, version_id=version.pk, by=editor) == sentence
    publish(version_id=version.pk, by=approver, confirmed_past=True)
    assert refused(Denied, retire, version_id=version.pk, by=editor, last_day=date(2026, 5, 1)) == sentence


def test_a_first_day_in_the_past_is_confirmed(editor, approver):
    version = submitted(small(begins="2026-03-09"))
    approve(version_id=version.pk, by=approver)
    said = "From 9 Mar 2026 lies 1 day back: for those days “Which rule governs?” will answer with this version."
    assert refused(Incomplete, publish, version_id=version.pk, by=approver) == f"{said} {CONFIRM_PAST}"
    publish(version_id=version.pk, by=approver, confirmed_past=True)
    event = PolicyEvent.objects.get(kind="published")
    assert json.loads(event.payload)["confirmed"] == said


def test_nobody_approves_or_publishes_their_own_draft(editor, approver):
    both = user("policy_editor", "policy_approver", username="both")
    draft = new_draft(document=small(), by=both)
    waive_spanish(version_id=draft.pk, by=approver, why="No member reads it.")
    submit(version_id=draft.pk, by=editor)
    assert refused(Denied, approve, version_id=draft.pk, by=both) == "Nobody approves their own draft; another policy approver has to."
    approve(version_id=draft.pk, by=approver)
    assert refused(Denied, publish, version_id=draft.pk, by=both) == "Nobody publishes their own draft; another policy approver has to."


def test_who_wrote_in_a_draft_of_somebody_else_does_not_approve_it(editor, approver):
    both = user("policy_editor", "policy_approver", username="both")
    draft = drafted(small())
    save_draft(version_id=draft.pk, document=small(summary="Mine."), revision=1, by=both)
    submit(version_id=draft.pk, by=editor)
    assert authors(draft) == {editor.pk, both.pk}
    assert refused(Denied, approve, version_id=draft.pk, by=both) == "Nobody approves their own draft; another policy approver has to."


# ---- what blocks


def test_what_is_missing_is_named_with_its_place(editor):
    data = small(next_review=None, examples=[], references=[{"id": "unused", "kind": "research", "title": "A study"}])
    del data["rules"][0]["criteria"]["missing"]
    draft = new_draft(document=data, by=editor)
    assert places(draft) == {
        "examples",
        "references[0]",
        "next_review",
        "rules[0].lay_name.es",
        "rules[0].criteria.missing",
        "rules[0].criteria.ask.es",
        "rules[0].criteria.reason.es",
    }
    with pytest.raises(Incomplete) as caught:
        submit(version_id=draft.pk, by=editor)
    assert caught.value.sentence == "Joint shots 1 is not ready: 7 things are missing."
    assert {problem.label for problem in caught.value.problems} == places(draft)
    assert PolicyVersion.objects.get().status == "draft"


def test_an_example_that_fails_blocks(editor):
    data = small(examples=[{"name": "pain", "rule": "hip", "findings": {"hip_pain": "not_met"}, "expect": {"value": "met"}}])
    assert [(blocker.where, blocker.message) for blocker in blockers_of(drafted(data))] == [
        ("examples[0]", "It fails: Value: expected met, got not met.")
    ]


def test_spanish_or_a_waiver(editor, approver):
    draft = new_draft(document=small(), by=editor)
    assert places(draft) == {f"rules[0].{each}.es" for each in ("lay_name", "criteria.ask", "criteria.reason", "criteria.missing")}
    said = refused(Denied, waive_spanish, version_id=draft.pk, by=editor, why="No.")
    assert said == "Only a policy approver approves, publishes and retires policies."
    assert refused(Incomplete, waive_spanish, version_id=draft.pk, by=approver, why=" ") == "Say why it is published without Spanish."
    assert places(waive_spanish(version_id=draft.pk, by=approver, why="No member reads it.")) == set()


def test_a_tie_with_another_policy_blocks():
    published(small("first"))
    [blocker] = blockers_of(drafted(small("second")))
    assert (blocker.where, blocker.message) == (
        "applies_to",
        "first 1 would govern the same code for the same audience with the same right.",
    )


def test_a_later_version_of_the_same_policy_takes_over():
    published(small())
    assert blockers_of(drafted(small(version="2", begins="2026-02-01"))) == []


def test_two_versions_that_begin_on_one_day_would_not_say_which():
    published(small())
    assert places(drafted(small(version="2"))) == {"effective.from"}


def test_an_overlay_needs_a_published_base_that_is_no_overlay(editor):
    draft = drafted(small("exception", of="joint-shots"))
    assert "Its base policy joint-shots has no published version." in [blocker.message for blocker in blockers_of(draft)]
    published(small())
    assert blockers_of(draft) == []
    other = drafted(small("further", of="exception"))
    assert "overlays" in places(other)


def test_a_base_that_would_shut_out_its_exception_is_not_published():
    published(small())
    published(small("exception", of="joint-shots"))
    newer = small(version="2", begins="2026-05-01")
    newer["rules"][0]["criteria"]["id"] = "exception-pain"
    newer["examples"][0]["findings"] = {"exception-pain": "met"}
    [blocker] = blockers_of(drafted(newer))
    assert blocker.message.startswith("The exception Exception 1 would no longer join this policy.")


def test_a_document_with_errors_is_a_draft_that_goes_nowhere(editor):
    draft = new_draft(document=small(overlays="joint-shots", surprise=1), by=editor)
    with pytest.raises(Incomplete) as caught:
        submit(version_id=draft.pk, by=editor)
    assert {problem.label for problem in caught.value.problems} == {"overlays", "surprise"}


@pytest.mark.parametrize("key", ["policy", "version"])
def test_a_document_without_slug_or_version_is_no_draft(editor, key):
    with pytest.raises(Incomplete) as caught:
        new_draft(document=small() | {key: ""}, by=editor)
    assert [problem.label for problem in caught.value.problems] == [key]
    assert PolicyVersion.objects.count() == 0


# ---- the order of steps


def test_steps_start_from_their_status(editor, approver):
    draft = drafted(small())
    assert refused(Conflict, approve, version_id=draft.pk, by=approver) == "Joint shots 1 is draft; this step starts from in review."
    assert refused(Conflict, publish, version_id=draft.pk, by=approver) == "Joint shots 1 is draft; this step starts from approved."
    submit(version_id=draft.pk, by=editor)
    assert refused(Conflict, submit, version_id=draft.pk, by=editor) == "Joint shots 1 is in review; this step starts from draft."
    assert refused(Conflict, save_draft, version_id=draft.pk, document=small(), revision=1, by=editor).startswith(
        "Joint shots 1 is in review"
    )


def test_back_to_draft_takes_the_marks_off(editor, approver):
    version = submitted(small())
    approve(version_id=version.pk, by=approver)
    assert refused(Incomplete, return_to_draft, version_id=version.pk, by=approver, why=" ") == "Say why it goes back."
    version = return_to_draft(version_id=version.pk, by=approver, why="The lay name is too long.")
    assert (version.status, version.submitted_by, version.approved_by) == ("draft", None, None)
    assert json.loads(version.policy.events.last().payload) == {"why": "The lay name is too long."}


def test_one_version_in_work(editor):
    drafted(small())
    assert refused(Conflict, new_draft, document=small(version="2"), by=editor) == (
        "joint-shots has 1 in work already; finish or withdraw that one first."
    )
    assert refused(Conflict, new_draft, document=small(), by=editor) == "joint-shots 1 is there already. A change is a new version."


def test_a_draft_cannot_take_the_name_of_another_version(editor):
    published(small())
    draft = drafted(small(version="2", begins="2026-05-01"))
    assert refused(Conflict, save_draft, version_id=draft.pk, document=small(), revision=1, by=editor) == (
        "joint-shots 1 is there already. Give this draft another version."
    )


def test_a_discarded_draft_leaves_its_history(editor):
    draft = drafted(small())
    discard_draft(version_id=draft.pk, by=editor)
    assert (PolicyVersion.objects.count(), library(date(2026, 3, 1))) == (0, [])
    assert json.loads(PolicyEvent.objects.last().payload) == {"document": small()}


def test_retiring_looks_forward(approver):
    version = published(small(begins="2026-05-01"))
    assert refused(Incomplete, retire, version_id=version.pk, by=approver, last_day=date(2026, 3, 9)) == (
        "The last day is today or later: what governed a day that has passed stays as it was."
    )
    assert refused(Incomplete, retire, version_id=version.pk, by=approver, last_day=date(2026, 4, 30)) == (
        "Joint shots 1 began on 01 May 2026; its last day cannot be before that."
    )


# ---- two editors


def test_the_second_editor_is_told_what_changed_and_nothing_is_written(editor):
    draft = drafted(small())
    theirs = small(summary="Theirs")
    theirs["rules"][0]["criteria"]["text"] = "Hip pain for 3 months"
    save_draft(version_id=draft.pk, document=theirs, revision=1, by=user("policy_editor", username="pat"))
    sentence = refused(Conflict, save_draft, version_id=draft.pk, document=small(summary="Mine."), revision=1, by=editor)
    assert sentence == (
        "Joint shots 1 was saved since you opened it. Pat Example at 10 Mar 2026, 10:00: "
        "The policy, summary: For a joint that hurts. becomes Theirs. "
        "“Hip pain for 3 months”, text: Hip pain becomes Hip pain for 3 months. "
        "Nothing of yours is stored yet: take their changes in, then save again."
    )
    assert PolicyVersion.objects.get().document == theirs
    assert save_draft(version_id=draft.pk, document=small(summary="Both."), revision=2, by=editor).revision == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_one_moment_one_is_stored():
    draft, people = drafted(small()), [user("policy_editor"), user("policy_editor", username="pat")]
    start, said = Barrier(2), []

    def save(person):
        try:
            start.wait(timeout=10)
            saved = save_draft(version_id=draft.pk, document=small(summary=f"By {person.username}."), revision=1, by=person)
            said.append(saved.document["summary"])
        except Conflict as conflict:
            said.append(conflict.status)
        finally:
            connection.close()

    threads = [Thread(target=save, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    stored = PolicyVersion.objects.get()
    assert sorted(said, key=str) == [409, stored.document["summary"]]
    assert (stored.revision, [event.kind for event in stored.policy.events.all()]) == (2, ["drafted", "spanish_waived", "saved"])


# ---- frozen


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        lambda version: PolicyVersion.objects.filter(pk=version.pk).update(title="Another"),
        lambda version: PolicyVersion.objects.filter(pk=version.pk).update(document={}),
        lambda version: PolicyVersion.objects.filter(pk=version.pk).update(effective_from=date(2020, 1, 1)),
        lambda version: connection.cursor().execute("UPDATE criteria_policyversion SET digest = 'x'"),
    ],
    ids=["title", "document", "dates", "sql"],
)
def test_the_database_refuses_to_change_a_published_version(change):
    version = published(small())
    with pytest.raises(DatabaseError, match="a published policy version cannot be changed"), transaction.atomic():
        change(version)
    assert PolicyVersion.objects.get().digest == version.digest


@pytest.mark.postgres
@pytest.mark.parametrize("model", [PolicyVersion, PolicyEvent])
def test_the_database_refuses_to_delete(model):
    published(small())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.count() > 0


def test_superusers_are_bound_too(editor):
    chief = User.objects.create_superuser("chief", password="x")
    assert refused(Denied, new_draft, document=small(), by=chief) == "Only a policy editor drafts policies."
