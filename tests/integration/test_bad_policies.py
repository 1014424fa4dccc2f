"""Policies that nobody should get in, through every door: import page, command, steps, posts made by hand, raw SQL, two at once.

Each is refused with a sentence that says what and where, at once, and nothing of it is stored.
"""

import io
import time
from copy import deepcopy
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from authreview.canonical import canonical, sha256
from authreview.errors import Conflict, Denied, Incomplete, Refusal
from criteria.actions import approve, blockers_of, new_draft, publish, retire, return_to_draft, save_draft, submit, undo_save
from criteria.enums import VersionStatus
from criteria.format import dump, load
from criteria.models import Policy, PolicyEvent, PolicyVersion, RuleCode
from criteria.queries import governing
from tests.factories import user
from tests.integration.test_concurrency import at_once
from tests.integration.test_policy_admin import signed_in
from tests.small_policies import drafted, published, small, submitted

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
ADD = "/admin/criteria/policyversion/add/"
AT_ONCE = 4  # seconds of this machine with others at work; alone it takes half of one, where a naive reader takes minutes or all memory


@pytest.fixture
def editor():
    return user("policy_editor")


@pytest.fixture
def approver():
    return user("policy_approver")


def words(response):
    return " ".join(response.content.decode().split())


def page(version, name="change"):
    return reverse(f"admin:criteria_policyversion_{name}", args=[version.pk])


# ---- texts


def laughs():
    """Nine lists of nine aliases each: a thousand million words, if somebody wrote them out."""
    lines = ["format: 1", f"a0: &a0 [{', '.join(['ha'] * 9)}]"]
    lines += [f"a{depth}: &a{depth} [{', '.join([f'*a{depth - 1}'] * 9)}]" for depth in range(1, 10)]
    return "\n".join(lines).encode()


def replaced(old, new):
    text = dump(small())
    assert old in text
    return text.replace(old, new, 1).encode()


NESTED = b"format: 1\nrules:\n  - criteria: " + b"{all: [" * 10_000 + b"]}" * 10_000
OPEN = b"format: 1\nrules:\n  - criteria: " + b"{all: [" * 10_000
TWICE_BELOW = replaced("      ask: Where it hurts\n", "      ask: Where it hurts\n      ask: How long\n")
MANY = 200_000
# name -> text, then path, line and a part of the sentence of the first error
BAD = {
    "5 MB": (b"format: 1\nsummary: " + b"x" * 5_000_000, "", None, "The file is larger than 2,000,000 bytes."),
    "billion laughs": (laughs(), "a0", 2, "Anchors (&a0) are not allowed: write the value out"),
    "10,000 nested groups": (NESTED, "rules[0].criteria.all[0]", 3, "This is nested deeper than 100 levels. Groups may be nested 20 deep."),
    "10,000 groups left open": (OPEN, "rules[0].criteria.all[0]", 3, "Groups may be nested 20 deep."),
    "a key twice": (b"format: 1\nformat: 1\n", "format", 2, "The key format stands here twice. Keep one."),
    "a key twice in a criterion": (TWICE_BELOW, "rules[0].criteria.ask", None, "The key ask stands here twice."),
    "a key 200,000 times": (b"format: 1\n" + b"a: 1\n" * MANY, "", None, "There are more than 1,000 errors; the rest is not listed."),
    "200,000 rules that are numbers": (b"rules:\n" + b"- 1\n" * MANY, "", None, "The text has more than 50,000 values."),
    "a list": (b"- format: 1\n", "", 1, "a mapping"),
    "a word": (b"policy\n", "", 1, "a mapping"),
    "two documents": (dump(small()).encode() + b"---\nformat: 1\n", "", None, "A second document begins here."),
    "a number everywhere": (dump(dict.fromkeys(small(), 7)).encode(), "applies_to", None, "This is a number (7). Allowed: a mapping with"),
    "a list everywhere": (dump({key: [[7]] for key in small()}).encode(), "title", None, "This is a list. Allowed: text."),
    "nothing everywhere": (
        "".join(f"{key}:\n" for key in small()).encode(),
        "title",
        None,
        "title is required here and missing. Allowed: text.",
    ),
    "a program": (b"format: !!python/object/apply:os.system [ls]\n", "format", 1, "are not allowed: write the bare value."),
    "no UTF-8": (b"format: 1\ntitle: caf\xe9\n", "", 2, "The file is not UTF-8 text."),
    "a null character": (b"format: 1\ntitle: a\0b\n", "", 2, "U+0000"),
    "a tab": (b"format: 1\nrules:\n\t- id: a\n", "", 3, "Indent with spaces: YAML takes no tabs."),
    "a name of 100,000 letters": (b"format: &" + b"x" * 100_000 + b" 1\n", "format", 1, "Anchors (&xxx"),
    "overlays itself": (replaced("overlays: null", "overlays: joint-shots"), "overlays", None, "A policy cannot overlay itself."),
    "ends before it starts": (replaced("until: null", "until: 2025-01-01"), "effective.until", None, "is before from"),
    "a day that is none": (replaced("until: null", "until: 2026-02-30"), "effective.until", None, "a date that does not exist"),
}


@pytest.fixture(params=BAD)
def bad(request):
    return BAD[request.param]


def found(errors, expected):
    """The error that is meant, of all that the text has. A path is given as far as it is short."""
    _, where, line, said = expected
    [error, *_] = [each for each in errors if said in each.message and (each.path == where or each.path.startswith(f"{where}.all[0]"))]
    assert len(error.message) < 300
    assert error.line == line or line is None
    assert error.line is not None or where == ""
    return error


def test_the_import_page_refuses(bad):
    client = signed_in("policy_editor")
    started = time.perf_counter()
    response = client.post(ADD, {"file": SimpleUploadedFile("a.yaml", bad[0])})
    assert time.perf_counter() - started < AT_ONCE
    error = found(response.context["form"].placed, bad)
    assert (response.status_code, f"Line {error.line}</a>" in words(response) or not error.line) == (422, True)
    assert len(response.content) < 3_000_000
    assert not PolicyVersion.objects.exists()


def test_the_command_refuses(bad, tmp_path):
    file, out = tmp_path / "a.yaml", io.StringIO()
    file.write_bytes(bad[0])
    started = time.perf_counter()
    with pytest.raises(SystemExit):
        call_command("policy", "import", str(file), stdout=out)
    assert time.perf_counter() - started < AT_ONCE
    error = found(load(bad[0], str(file)).errors, bad)
    place = f"{file}:{error.line}: " if error.line else f"{file}: "
    *lines, last = out.getvalue().splitlines()
    assert f"INVALID {place}{f'{error.path}: ' if error.path else ''}{error.message}" in lines
    assert last == f"REFUSED {file}: it is not valid"
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("size", [2_000_001, 5_000_000])
def test_pasted_text_that_is_too_long(size):
    response = signed_in("policy_editor").post(ADD, {"text": "format: 1\nsummary: " + "x" * size})
    said = "larger than 2,000,000 bytes" if size < 2_500_000 else "This text is larger than 2.5 MB, and nothing was saved."
    assert (response.status_code, said in words(response)) == (422 if size < 2_500_000 else 413, True)
    assert not PolicyVersion.objects.exists()


def paths(value, at=()):
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*at, number))


def with_value(document, at, value):
    changed = deepcopy(document)
    place = changed
    for part in at[:-1]:
        place = place[part]
    place[at[-1]] = value
    return changed


WRONG = [None, True, 7, -1.5, "?", "", [], {}, [[]], [None], {"a": {"b": []}}, "x" * 5000]


def test_wrong_types_everywhere(editor):
    """Whatever stands wherever: errors with their lines, or a policy that is right."""
    document, tried = small(), 0
    for at in [at for at in paths(document) if at]:
        for value in WRONG:
            wrong = with_value(document, at, value)
            read = load(dump(wrong) if isinstance(wrong["rules"], list) else "format: 1", "a.yaml")
            assert (read.policy is None) == bool(read.errors)
            assert all(error.line and error.path for error in read.errors)
            tried += 1
    assert tried > 400
    everything = dict.fromkeys(document, 7) | {"policy": "joint-shots", "version": "1"}
    draft = new_draft(document=everything, by=editor)
    with pytest.raises(Incomplete, match="is not ready"):
        submit(version_id=draft.pk, by=editor)


def test_a_draft_with_anything_in_it_has_its_page(editor):
    """A draft may be wrong; its page shows what is wrong."""
    client, document = signed_in("policy_editor"), small()
    draft = new_draft(document=document, by=editor)
    for key in document.keys() - {"policy", "version"}:
        for value in (7, [7], {"a": 7}):
            draft = save_draft(version_id=draft.pk, document=document | {key: value}, revision=draft.revision, by=editor)
            assert client.get(page(draft), follow=True).status_code == 200, (key, value)
            assert client.post(page(draft, "step"), {"step": "submit", "shown": draft.digest}).status_code == 422


# ---- policies that do not fit together


def refused(draft, said, editor):
    """Submitting says the sentence, on screen and off; the draft is as it was."""
    assert said in [blocker.message for blocker in blockers_of(draft)]
    response = signed_in("policy_editor").post(page(draft, "step"), {"step": "submit", "shown": draft.digest})
    assert (response.status_code, said in words(response)) == (422, True)
    with pytest.raises(Incomplete):
        submit(version_id=draft.pk, by=editor)
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT


def test_an_overlay_of_itself_or_of_an_overlay(editor):
    published(small())
    published(small("exception", of="joint-shots"))
    itself = new_draft(document=small("other", overlays="other"), by=editor)
    refused(itself, "A policy cannot overlay itself. Allowed: the slug of another policy, or null.", editor)
    deeper = drafted(small("further", of="exception"))
    refused(deeper, "exception is itself an overlay. Allowed: the slug of a policy that overlays none.", editor)


CROWDED = (
    "first 1 adds exceptions to joint-shots for the same plan, ahh, and the same code at the same time. "
    "Put both into one policy, or let one end before the other begins."
)


def test_two_overlays_for_one_plan(editor):
    published(small())
    published(small("first", of="joint-shots", plans=["ahh", "base"]))
    refused(drafted(small("second", of="joint-shots", plans=["ahh"])), CROWDED, editor)


@pytest.mark.parametrize(
    "second",
    [
        {"plans": ["other"]},
        {"lines_of_business": ["commercial"]},
        {"plans": ["ahh"], "begins": "2027-01-01"},
        {"plans": ["ahh"], "lines_of_business": ["medicaid"]},
    ],
    ids=["another plan", "no plan", "later", "another line of business"],
)
def test_two_overlays_that_do_not_crowd_one_plan(second):
    published(small())
    published(small("first", of="joint-shots", plans=["ahh"], until="2026-12-31", lines_of_business=["commercial"]))
    assert blockers_of(drafted(small("second", of="joint-shots", **second))) == []


def test_a_later_version_of_an_overlay_crowds_nobody():
    published(small())
    published(small("first", of="joint-shots", plans=["ahh"]))
    assert blockers_of(drafted(small("first", "2", of="joint-shots", plans=["ahh"], begins="2026-06-01"))) == []


def test_a_tie_of_two_bases(editor):
    published(small("first", lines_of_business=["commercial"]))
    draft = drafted(small("second", lines_of_business=["medicaid", "commercial"]))
    refused(draft, "first 1 would govern the same code for the same audience with the same right.", editor)


def test_no_next_review(editor):
    data = small()
    del data["next_review"]
    refused(drafted(data), "Say when this policy is reviewed next.", editor)


def test_an_end_before_the_start(editor):
    draft = drafted(small())
    save_draft(version_id=draft.pk, document=small(until="2025-01-01"), revision=1, by=editor)
    draft.refresh_from_db()
    assert draft.effective_until is None
    refused(draft, "until (2025-01-01) is before from (2026-01-01). Allowed: 2026-01-01 or later, or null.", editor)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(effective_until=date(2025, 1, 1))


# ---- steps that nobody may take


def test_an_editor_who_is_an_approver_too_never_approves_their_own():
    both = signed_in("policy_editor", "policy_approver", username="both")
    both.post(ADD, {"text": dump(small())})
    version = PolicyVersion.objects.get()
    signed_in("policy_approver").post(page(version, "step"), {"step": "waive", "why": "Nobody reads it."})
    assert both.post(page(version, "step"), {"step": "submit", "shown": version.digest}).status_code == 302
    for step in ("approve", "publish", "waive"):
        response = both.post(page(version, "step"), {"step": step})
        assert (response.status_code, "their own draft" in words(response)) == (403, True), step
    person = PolicyVersion.objects.get().drafted_by
    with pytest.raises(Denied):
        approve(version_id=version.pk, by=person)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.update(status="approved", approved_by=person, approved_at="2026-03-10T10:00Z")
    assert PolicyVersion.objects.get().status == VersionStatus.IN_REVIEW


def test_what_is_approved_is_what_was_read(editor, approver):
    """Between reading and approving it was sent back, written again and submitted."""
    version = submitted(small())
    client = signed_in("policy_approver")
    form = {"step": "approve", "shown": version.digest}
    assert f'name="shown" value="{version.digest}"' in words(client.get(page(version)))
    return_to_draft(version_id=version.pk, by=editor, why="More to say.")
    save_draft(version_id=version.pk, document=small(summary="Other."), revision=version.revision, by=editor)
    submit(version_id=version.pk, by=editor)
    assert client.post(page(version, "step"), {"step": "approve"}).status_code == 409, "a page that does not say what it showed"
    response = client.post(page(version, "step"), form)
    assert (response.status_code, "Joint shots 1 was changed since you opened it." in words(response)) == (409, True)
    assert PolicyVersion.objects.get().status == VersionStatus.IN_REVIEW
    assert client.post(page(version, "step"), form | {"shown": PolicyVersion.objects.get().digest}).status_code == 302


def test_retiring_twice(approver):
    version = published(small())
    client, said = signed_in("policy_approver"), "Joint shots 1 is retired; this step starts from published."
    assert client.post(page(version, "step"), {"step": "retire", "last_day": "2026-04-30"}).status_code == 302
    response = client.post(page(version, "step"), {"step": "retire", "last_day": "2026-12-31"})
    assert (response.status_code, said in words(response)) == (409, True)
    with pytest.raises(Conflict, match="is retired"):
        retire(version_id=version.pk, by=approver, last_day=date(2026, 12, 31))
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.update(in_force_until=date(2026, 12, 31))
    assert PolicyVersion.objects.get().in_force_until == date(2026, 4, 30)


def test_what_was_altered_past_the_editor_is_not_published(approver):
    """Somebody with a shell changes what was approved: its digest no longer fits."""
    version = submitted(small())
    approve(version_id=version.pk, by=approver)
    PolicyVersion.objects.update(document=small(summary="Altered."))
    with pytest.raises(Conflict, match="was altered past its editor"):
        publish(version_id=version.pk, by=approver)
    assert PolicyVersion.objects.get().status == VersionStatus.APPROVED


# ---- what is published stays


@pytest.fixture
def version():
    return published(small())


def posts(version):
    other = dump(small(summary="Other."))
    yield page(version, "text"), {"text": other, "revision": version.revision}
    yield page(version, "editor_save"), {"at": "rules[0].criteria", "text": "Other", "revision": version.revision}
    for op in ("add", "group", "rule", "reference", "duplicate", "up", "down", "in", "out", "delete", "to", "undo", "example"):
        yield page(version, "editor_do"), {"op": op, "at": "rules[0].criteria", "revision": version.revision, "f-hip_pain": "met"}
    for step in ("submit", "approve", "publish", "waive", "discard", "return", "draft", ""):
        yield page(version, "step"), {"step": step, "why": "Because."}
    yield page(version), {"title": "Other", "document": "{}", "status": "draft"}
    yield f"/admin/criteria/policyversion/{version.pk}/delete/", {"post": "yes"}
    yield ADD, {"text": other}


@pytest.mark.parametrize("role", ["policy_editor", "policy_approver", "admin"])
def test_no_post_alters_it(version, role):
    client, before, events = signed_in(role), PolicyVersion.objects.values().get(), PolicyEvent.objects.count()
    for url, sent in posts(version):
        status = client.post(url, sent).status_code
        assert status in (302, 403, 405, 409, 422), (url, sent)
    assert (PolicyVersion.objects.values().get(), PolicyEvent.objects.count()) == (before, events)


def test_no_action_alters_it(version, editor, approver):
    for act in (
        lambda: save_draft(version_id=version.pk, document=small(summary="Other."), revision=version.revision, by=editor),
        lambda: undo_save(version_id=version.pk, revision=version.revision, by=editor),
        lambda: submit(version_id=version.pk, by=editor),
        lambda: approve(version_id=version.pk, by=approver),
        lambda: publish(version_id=version.pk, by=approver),
    ):
        with pytest.raises(Refusal):
            act()
    assert PolicyVersion.objects.get().document == small()


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def bulk(version, **changed):
    row = PolicyVersion.objects.get(pk=version.pk)
    for name, value in changed.items():
        setattr(row, name, value)
    PolicyVersion.objects.bulk_update([row], list(changed))


def altered(row, **changed):
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()


PAST_THE_ACTIONS = {
    "save": lambda version: altered(version, document={}),
    "save of the dates": lambda version: altered(version, next_review=date(2030, 1, 1)),
    "update": lambda version: PolicyVersion.objects.filter(pk=version.pk).update(document={}),
    "update of the dates": lambda version: PolicyVersion.objects.update(effective_from=date(2020, 1, 1)),
    "update of who published it": lambda version: PolicyVersion.objects.update(published_by=user("admin")),
    "update to a draft": lambda version: PolicyVersion.objects.update(status="draft"),
    "update of its mark": lambda version: PolicyVersion.objects.update(published_at=None, published_by=None, status="approved"),
    "bulk_update": lambda version: bulk(version, document={}),
    "bulk_update of the status": lambda version: bulk(version, status="in_review"),
    "delete": lambda version: version.delete(),
    "delete of all": lambda version: PolicyVersion.objects.all().delete(),
    "SQL update": lambda version: sql("UPDATE criteria_policyversion SET title = 'Other' WHERE id = %s", version.pk),
    "SQL update of the status": lambda version: sql("UPDATE criteria_policyversion SET status = 'draft'"),
    "SQL delete": lambda version: sql("DELETE FROM criteria_policyversion WHERE id = %s", version.pk),
    "a last day without retiring": lambda version: PolicyVersion.objects.update(in_force_until=date(2026, 12, 31)),
    "a code more": lambda version: RuleCode.objects.create(version=version, code="99999", rule="joint"),
    "SQL insert of a code": lambda version: sql("INSERT INTO criteria_rulecode (version_id, code, rule) VALUES (%s, 'X', 'y')", version.pk),
    "codes deleted": lambda version: RuleCode.objects.all().delete(),
    "codes changed": lambda version: RuleCode.objects.update(code="99999"),
    "SQL delete of codes": lambda version: sql("DELETE FROM criteria_rulecode"),
    "short name": lambda version: Policy.objects.update(slug="other"),
    "policy deleted": lambda version: sql("DELETE FROM criteria_policy"),
    "event updated": lambda version: PolicyEvent.objects.update(kind="drafted"),
    "event saved": lambda version: altered(version.policy.events.last(), payload="{}"),
    "events deleted": lambda version: PolicyEvent.objects.all().delete(),
    "SQL update of an event": lambda version: sql("UPDATE criteria_policyevent SET payload = '{}'"),
    "SQL delete of events": lambda version: sql("DELETE FROM criteria_policyevent"),
}


@pytest.mark.parametrize("name", PAST_THE_ACTIONS)
def test_nothing_past_the_actions_alters_it(version, name):
    rows = (PolicyVersion, RuleCode, PolicyEvent, Policy)
    before = [list(model.objects.order_by("pk").values()) for model in rows]
    with pytest.raises(DatabaseError), transaction.atomic():
        PAST_THE_ACTIONS[name](PolicyVersion.objects.get(pk=version.pk))
    assert [list(model.objects.order_by("pk").values()) for model in rows] == before
    assert governing("27093", "", "commercial", "OH", date(2026, 3, 10)).version == version
    assert sha256(canonical(PolicyVersion.objects.get().document)) == version.digest


# ---- two at once


@pytest.mark.django_db(transaction=True)
def test_two_approvers_publish_at_once():
    version = submitted(small())
    approve(version_id=version.pk, by=user("policy_approver"))
    people = [user("policy_approver"), user("policy_approver", username="pat")]
    answers = at_once(2, lambda index: publish(version_id=version.pk, by=people[index], confirmed_past=True).status)
    assert sorted(answers) == ["Joint shots 1 is published; this step starts from approved.", "published"]
    assert PolicyEvent.objects.filter(kind="published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_policies_that_tie_one_is_published():
    """Each was complete while the other was approved only: whoever comes second is told."""
    versions = [submitted(small(slug)) for slug in ("first", "second")]
    for version in versions:
        approve(version_id=version.pk, by=user("policy_approver"))
    person = user("policy_approver")
    answers = at_once(2, lambda index: publish(version_id=versions[index].pk, by=person, confirmed_past=True).status)
    assert sorted(answer == "published" for answer in answers) == [False, True]
    assert next(answer for answer in answers if answer != "published").endswith("is not ready: 1 thing is missing.")
    assert PolicyVersion.objects.filter(status="published").count() == 1
