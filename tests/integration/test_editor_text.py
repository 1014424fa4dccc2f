"""The YAML tab of the editor, and what comes too late: what is kept, what stays in its field, who is told what, what is offered again."""

import pytest

from criteria.actions import save_draft
from criteria.format import dump
from criteria.models import PolicyVersion
from tests.factories import user
from tests.integration.test_editor import ROOT, criteria, do, now, signed_in, url, words
from tests.small_policies import drafted, published, small

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
LATE = "was saved since you opened it. Pat Example at 10 Mar 2026, 10:00:"


@pytest.fixture
def editor():
    return signed_in("policy_editor")


@pytest.fixture
def draft():
    return drafted(small())


@pytest.fixture
def pat(db):
    return user("policy_editor", username="pat")


def store(client, version, text, revision=None):
    return client.post(url(version, "text"), {"text": text, "revision": revision or now(version).revision})


def text_of(version):
    return dump(now(version).document)


# ---- what is kept


def test_an_incomplete_text_is_kept_with_its_errors_by_line_and_path(editor, draft):
    text = text_of(draft).replace("authority: physician", "authority: surgeon").replace("next_review: 2026-12-01", "next_review: soon")
    response = store(editor, draft, text)
    assert response.status_code == 302
    assert now(draft).document == small(next_review="soon") | {"rules": [small()["rules"][0] | {"authority": "surgeon"}]}
    page = editor.get(response["Location"])
    assert "2 things are wrong in it, listed with line and path." in words(page)
    lines = text_of(draft).splitlines()
    found = [(row.where, lines[row.line - 1].strip(), row.url.partition("?")[2]) for row in page.context["blockers"]]
    assert found == [
        ("next_review", "next_review: soon", "tab=tree&at=#field-next_review"),
        ("rules[0].authority", "authority: surgeon", "tab=tree&at=rules%5B0%5D#field-authority"),
    ]
    assert f'href="#id_text" data-line="{page.context["blockers"][0].line}"' in words(page)


def test_what_yaml_takes_for_a_number_is_kept_as_it_was_written(editor, draft):
    assert store(editor, draft, "policy: joint-shots\nversion: 2026.10\nx: [1.50, 2026-02-30, 2026-01-01]\n").status_code == 302
    assert now(draft).document == {"policy": "joint-shots", "version": "2026.10", "x": ["1.50", "2026-02-30", "2026-01-01"]}
    assert editor.get(url(draft)).status_code == 200


REFUSED = {
    "syntax": ("policy: joint-shots\ntitle: a: b\n", 2, "This is not YAML"),
    "twice": ("policy: joint-shots\nversion: '1'\nversion: '2'\n", 3, "The key version stands here twice."),
    "anchor": ("policy: &a joint-shots\n", 1, "Anchors (&amp;a) are not allowed"),
    "list": ("- policy\n", 1, "a mapping"),
    "null": ('policy: joint-shots\nversion: "1"\ntitle: "a\\0b"\n', 3, "control character"),
    "no name": ("policy: 7\nversion: '1'\n", 1, "Allowed: text"),
    "another policy": (dump(small("hip-shots")), None, "This draft belongs to joint-shots; the document names hip-shots."),
    "too large": ("a: " + "x" * 2_000_001, None, "larger than 2,000,000 bytes"),
    "nested": ("[" * 10_000, 1, "nested deeper"),
    "nothing": (" ", None, "Choose a file, or paste the text of one."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_policys_text_stays_in_its_field(editor, draft, name):
    text, line, said = REFUSED[name]
    before = now(draft)
    response = store(editor, draft, text)
    assert (response.status_code, now(draft).revision, now(draft).document) == (422, before.revision, before.document)
    assert said in response.content.decode()
    assert line is None or f'data-line="{line}"' in response.content.decode()
    assert response.context["form"].shown_text == text
    assert response.context["place"].tab == "yaml"


def test_a_text_with_a_thousand_errors_is_not_kept(editor, draft):
    text = "policy: joint-shots\nversion: '1'\nrules:\n" + "- 1\n" * 1100
    assert "There are more than 1,000 errors" in words(store(editor, draft, text))
    assert now(draft).document == small()


@pytest.mark.parametrize("role", ["policy_approver", "auditor"])
def test_others_read_it(draft, role):
    client = signed_in(role)
    page = client.get(url(draft, "text"))
    assert (page.status_code, "textarea" in page.content.decode(), "policy: joint-shots" in page.content.decode()) == (200, False, True)
    assert store(client, draft, text_of(draft)).status_code == 403
    version = published(small("hip-shots"))
    assert "It is published; only a draft is written." in words(client.get(url(version, "text")))


# ---- what comes too late


def test_a_text_that_comes_too_late_is_told_what_changed(editor, draft, pat):
    mine = text_of(draft).replace("Hip pain", "Pain in the hip")
    save_draft(version_id=draft.pk, document=small(pitfalls=["Theirs"]), revision=1, by=pat)
    response = store(editor, draft, mine, revision=1)
    assert (response.status_code, now(draft).document) == (409, small(pitfalls=["Theirs"]))
    assert f"{LATE} The policy, pitfalls: " in words(response)
    assert response.context["form"].shown_text == mine
    assert ("cut", "-  - Theirs") in response.context["refused"].stale.lines
    assert 'name="revision" value="2"' in words(response)
    # the two touch different places: both can be had
    assert store(editor, draft, response.context["refused"].stale.both, revision=2).status_code == 302
    assert (criteria(draft)["text"], now(draft).document["pitfalls"]) == ("Pain in the hip", ["Theirs"])


def test_two_texts_that_change_the_same_place_are_not_put_together(editor, draft, pat):
    save_draft(version_id=draft.pk, document=small(pitfalls=["Theirs"]), revision=1, by=pat)
    response = store(editor, draft, dump(small(pitfalls=["Mine"])), revision=1)
    assert (response.status_code, response.context["refused"].stale.both) == (409, "")
    assert store(editor, draft, dump(small(pitfalls=["Mine"])), revision=2).status_code == 302
    assert now(draft).document == small(pitfalls=["Mine"])


def late(client, version, op, at, revision, **more):
    sent = {"op": op, "at": at, "tab": "tree", "revision": revision} | more
    return client.post(url(version, "editor_do"), sent, headers={"HX-Request": "true"})


@pytest.fixture
def three(draft, editor):
    """all(hip_pain, criterion-1, criterion-2)"""
    do(editor, draft, "add")
    do(editor, draft, "add")
    return now(draft)


def test_an_operation_that_comes_too_late_is_offered_again_where_its_node_is_now(editor, three, pat):
    document = now(three).document
    document["rules"][0]["criteria"]["all"].pop(0)
    save_draft(version_id=three.pk, document=document, revision=three.revision, by=pat)
    response = late(editor, three, "delete", f"{ROOT}.all[2]", three.revision)
    assert (response.status_code, response["HX-Retarget"], now(three).document) == (409, "#editor", document)
    assert LATE in words(response)
    again = response.context["refused"].again
    assert (again.op, again.at, again.label) == ("delete", f"{ROOT}.all[1]", "Remove the criterion")
    late(editor, three, again.op, again.at, now(three).revision)
    assert [node["id"] for node in criteria(three)["all"]] == ["criterion-1"]


def test_what_is_gone_is_not_offered_again(editor, three, pat):
    document = now(three).document
    document["rules"][0]["criteria"]["all"].pop(2)
    save_draft(version_id=three.pk, document=document, revision=three.revision, by=pat)
    response = late(editor, three, "up", f"{ROOT}.all[2]", three.revision)
    assert (response.status_code, response.context["refused"].again) == (409, None)
    assert "What it was about is another thing now, or gone" in words(response)


def test_dragging_and_undoing_too_late(editor, three, pat):
    save_draft(version_id=three.pk, document=now(three).document | {"summary": "Theirs."}, revision=three.revision, by=pat)
    dragged = late(editor, three, "to", f"{ROOT}.all[2]", three.revision, target=f"{ROOT}.all[0]").context["refused"].again
    assert (dragged.op, dragged.at, dragged.target) == ("to", f"{ROOT}.all[2]", f"{ROOT}.all[0]")
    undone = late(editor, three, "undo", ROOT, three.revision)
    assert (undone.status_code, undone.context["refused"].again, now(three).document["summary"]) == (409, None, "Theirs.")


def test_too_late_works_without_htmx(editor, three, pat):
    save_draft(version_id=three.pk, document=now(three).document | {"summary": "Theirs."}, revision=three.revision, by=pat)
    response = do(editor, three, "add", revision=three.revision)
    assert (response.status_code, "Add a criterion at the group" in words(response)) == (409, True)


# ---- the head and the history


def test_the_head_says_who_changed_it_and_what_is_in_force(editor, pat):
    published(small(begins="2026-01-01"))
    draft = drafted(small(version="2", begins="2026-04-01"))
    assert "drafted just now by" in words(editor.get(url(draft)))
    save_draft(version_id=draft.pk, document=small(version="2", begins="2026-04-01", summary="Mine."), revision=1, by=pat)
    page = words(editor.get(url(draft)))
    assert "changed just now by Pat Example; in force today: " in page
    compared = editor.get(url(draft, "compare"))
    assert "The policy, version: 1 becomes 2." in words(compared)
    assert [other.version for other in compared.context["others"]] == ["1"]


def test_an_incomplete_draft_is_not_compared_yet(editor, draft):
    assert "This policy has no other version yet." in words(editor.get(url(draft, "compare")))
    version = published(small("hip-shots"))
    second = drafted(small("hip-shots", "2", begins="2026-05-01"))
    do(editor, second, "group")
    assert "2 is not complete yet." in words(editor.get(url(second, "compare"), {"with": version.pk}))


def test_saves_of_one_sitting_are_one_line_of_the_history(editor, draft, pat, frozen):
    for number in range(3):
        save_draft(version_id=draft.pk, document=small(summary=f"{number}."), revision=1 + number, by=pat)
    me = user("policy_editor", username="me")
    save_draft(version_id=draft.pk, document=small(summary="Mine."), revision=4, by=me)
    page = editor.get(url(draft, "change"))
    shown = [(entry.text, entry.who, len(entry.folded)) for entry in page.context["entries"]]
    assert shown[:2] == [("Saved", me.get_full_name(), 0), ("3 changes at 10:00", "Pat Example", 3)]
    assert "The policy, summary: 1. becomes 2." in words(page)
    assert PolicyVersion.objects.get().policy.events.filter(kind="saved").count() == 4
