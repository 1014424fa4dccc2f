"""Policies in the administration: who sees it, import with errors in place, the steps, two editors, nothing published is altered."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authreview.errors import Incomplete
from authreview.models import User
from criteria.actions import approve, new_draft, publish_shipped, save_draft
from criteria.format import dump, load
from criteria.models import PolicyVersion
from tests.clients import signed_in
from tests.factories import founding_case, user
from tests.small_policies import drafted, published, small, submitted
from tests.unit.policy_files import text as yaml_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
LIST, ADD = "/admin/criteria/policyversion/", "/admin/criteria/policyversion/add/"


@pytest.fixture
def editor():
    return signed_in("policy_editor")


@pytest.fixture
def approver():
    return signed_in("policy_approver")


def words(response):
    return " ".join(response.content.decode().split())


def page(version, name="change"):
    return reverse(f"admin:criteria_policyversion_{name}", args=[version.pk])


def take(client, version, step, **more):
    shown = PolicyVersion.objects.get(pk=version.pk).digest
    return client.post(page(version, "step"), {"step": step, "shown": shown} | more)


# ---- who


@pytest.mark.parametrize(
    ("role", "sees", "adds"),
    [
        ("policy_editor", 200, 200),
        ("policy_approver", 200, 403),
        ("auditor", 200, 403),
        ("admin", 200, 403),
        ("supervisor", 403, 403),
        ("nurse", 403, 403),
    ],
)
def test_needs_role(role, sees, adds):
    client, version = signed_in(role), published(small())
    assert [client.get(url).status_code for url in (LIST, page(version), page(version, "text"), page(version, "file"))] == [sees] * 4
    assert client.get(ADD).status_code == adds
    assert client.post(ADD, {"text": yaml_text(small("other"))}).status_code == (302 if adds == 200 else 403)


def test_whoever_is_not_staff_is_refused(client):
    client.force_login(user("nurse"))
    assert client.get(LIST, follow=True).status_code == 403


def test_list_shows_status_filters_and_search(editor):
    published(small())
    drafted(small(version="2", begins="2026-05-01"))
    assert "Published" in words(editor.get(LIST))
    names = [str(version) for version in editor.get(LIST, {"status__exact": "draft"}).context["cl"].result_list]
    assert names == ["Joint shots 2"]
    for query, found in (
        ({"q": "27093"}, 2),
        ({"q": "99999"}, 0),
        ({"today": "in_force"}, 1),
        ({"basis": "3"}, 2),
        ({"today": "overdue"}, 0),
    ):
        assert len(editor.get(LIST, query).context["cl"].result_list) == found


def test_a_version_that_was_followed_is_reviewed_no_more(editor):
    published(small(next_review="2026-03-01"))
    overdue = [str(version) for version in editor.get(LIST, {"today": "overdue"}).context["cl"].result_list]
    assert (overdue, "overdue since 1 Mar 2026" in words(editor.get(LIST))) == (["Joint shots 1"], True)
    published(small(version="2", begins="2026-03-01"))
    assert not editor.get(LIST, {"today": "overdue"}).context["cl"].result_list
    assert "overdue since" not in words(editor.get(LIST))


def test_list_has_one_count_of_queries(editor, django_assert_max_num_queries):
    publish_shipped(editor=user("policy_editor"), approver=user("policy_approver"))
    with django_assert_max_num_queries(8):
        editor.get(LIST)


# ---- import


def test_import_of_pasted_text_is_a_draft(editor):
    response = editor.post(ADD, {"text": yaml_text(small())})
    version = PolicyVersion.objects.get()
    assert response["Location"] == page(version)
    assert (version.status, version.document, version.drafted_by.username) == ("draft", small(), "policy_editor")


def test_import_of_a_file(editor):
    upload = SimpleUploadedFile("a.yaml", b"\xef\xbb\xbf" + yaml_text(small()).encode())
    assert editor.post(ADD, {"file": upload}).status_code == 302
    assert PolicyVersion.objects.get().document == small()


def test_errors_stand_at_their_lines_and_what_was_given_stays(editor):
    text = yaml_text(small()).replace("authority: physician", "authority: surgeon")
    line = text.splitlines().index("  authority: surgeon") + 1
    response = editor.post(ADD, {"file": SimpleUploadedFile("a.yaml", text.encode())})
    assert response.status_code == 422
    [error] = response.context["form"].placed
    assert (error.path, error.line, [shown for shown in error.lines if shown[2]]) == (
        "rules[0].authority",
        line,
        [(line, "  authority: surgeon", True)],
    )
    assert "authority: surgeon" in response.content.decode()
    assert PolicyVersion.objects.count() == 0


BAD = {
    "nothing": ("", "Choose a file, or paste the text of one."),
    "no yaml": ("a: [", "The policy has 1 error."),
    "anchors": ("a: &x [1]\nb: *x\n", "Anchors (&amp;x) are not allowed"),
    "nesting": ("[" * 10_000, "nested deeper"),
    "duplicate key": ("format: 1\nformat: 1\n", "error"),
    "list": ("- 1\n", "error"),
    "overlays itself": (yaml_text(small(overlays="joint-shots")), "A policy cannot overlay itself."),
    "ends before it starts": (yaml_text(small(until="2025-01-01")), "is before from"),
    "script": ("<script>alert(1)</script>: 1\n", "&lt;script&gt;"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_its_sentence(editor, name):
    text, sentence = BAD[name]
    response = editor.post(ADD, {"text": text})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "<script>alert" not in response.content.decode()
    assert PolicyVersion.objects.count() == 0


def test_a_huge_file_is_refused_by_its_size(editor):
    response = editor.post(ADD, {"file": SimpleUploadedFile("a.yaml", b"a: " + b"x" * 5_000_000)})
    assert (response.status_code, "larger than 2,000,000 bytes" in response.content.decode()) == (422, True)


def test_the_same_version_twice_conflicts_and_keeps_the_text(editor):
    published(small())
    response = editor.post(ADD, {"text": yaml_text(small(summary="Mine."))})
    assert response.status_code == 409
    assert "is there already. A change is a new version." in words(response)
    assert "summary: Mine." in response.content.decode()


def test_the_next_version_starts_from_this_one(editor):
    version = published(small())
    assert load(editor.get(ADD, {"from": version.pk}).context["form"].shown_text, "next").document == small()


# ---- the life on screen


def test_whole_life(editor, approver):
    editor.post(ADD, {"text": yaml_text(small())})
    version = PolicyVersion.objects.get()
    assert "4 things are missing; see the list." in words(editor.get(page(version)))
    steps = [
        (approver, "waive", {"why": "Nobody reads it."}),
        (editor, "submit", {}),
        (approver, "return", {"why": "Say more."}),
        (editor, "submit", {}),
    ]
    steps += [(approver, "approve", {}), (approver, "publish", {"confirmed_past": "on"}), (approver, "retire", {"last_day": "2026-04-30"})]
    seen = []
    for client, step, more in steps:
        assert take(client, version, step, **more)["Location"] == page(version)
        seen.append(PolicyVersion.objects.get().status)
        assert client.get(page(version)).status_code == 200
    assert seen == ["draft", "in_review", "draft", "in_review", "approved", "published", "retired"]
    told = words(editor.get(page(version)))
    assert "Say more." in told
    assert "Nobody reads it." in told


def test_an_editor_reads_why_it_came_back(editor, approver):
    version = submitted(small())
    assert "Sent back" not in words(editor.get(page(version, "editor")))
    take(approver, version, "return", why="Say where it hurts.")
    for name in ("editor", "change"):
        assert "Sent back by Policy Approver Example, today 10:00: Say where it hurts." in words(editor.get(page(version, name)))
    take(editor, version, "submit")
    assert "Sent back by" not in words(editor.get(page(version)))


def test_problems_link_to_their_place(editor):
    data = small()
    del data["rules"][0]["criteria"]["missing"]
    response = editor.get(page(drafted(data)))
    [problem] = response.context["problems"]
    assert (problem.label, problem.url) == ("“Hip pain”, missing", "#at-rules-0-criteria")
    assert 'id="at-rules-0-criteria"' in response.content.decode()


def test_steps_are_refused_on_the_server_whatever_the_page_shows(editor, approver):
    version = submitted(small())
    refusals = [take(editor, version, "approve"), take(editor, version, "publish"), take(approver, version, "publish")]
    assert [response.status_code for response in refusals] == [403, 403, 409]
    assert "Only a policy approver approves, publishes and retires policies." in words(refusals[0])
    assert take(approver, version, "delete-all").status_code == 422
    assert approver.get(page(version, "step")).status_code == 405
    assert PolicyVersion.objects.get().status == "in_review"


def test_own_draft_shows_why_not():
    both = signed_in("policy_editor", "policy_approver", username="both")
    both.post(ADD, {"text": yaml_text(small())})
    version = PolicyVersion.objects.get()
    take(signed_in("policy_approver"), version, "waive", why="Nobody reads it.")
    take(both, version, "submit")
    assert "Nobody approves their own draft; another policy approver has to." in words(both.get(page(version)))
    assert take(both, version, "approve").status_code == 403


@pytest.mark.parametrize(
    ("step", "field"),
    [("return", {"why": "  "}), ("waive", {"why": " "}), ("retire", {"last_day": "2026-01-01"}), ("retire", {"last_day": "soon"})],
)
def test_shows_errors(approver, step, field):
    made = {"return": submitted, "waive": lambda document: new_draft(document=document, by=user("policy_editor")), "retire": published}
    version = made[step](small())
    response = take(approver, version, step, **field)
    assert response.status_code == 422
    assert "There is 1 problem" in words(response)


def test_errors_of_a_form_come_after_the_role(editor):
    assert take(signed_in("auditor"), published(small()), "retire").status_code == 403
    version = submitted(small(version="2", begins="2026-03-01"))
    assert take(signed_in("auditor"), version, "return").status_code == 403
    approve(version_id=version.pk, by=user("policy_approver"))
    assert [take(editor, version, step).status_code for step in ("publish", "return")] == [403, 422]


def test_a_version_that_begins_in_the_past_is_published_by_one_who_says_so(approver):
    version = submitted(small(begins="2026-03-01"))
    approve(version_id=version.pk, by=user("policy_approver"))
    said = "From 1 Mar 2026 lies 9 days back: for those days “Which rule governs?” will answer with this version."
    founding_case("b", received_at=timezone.now())
    assert said in words(approver.get(page(version)))
    assert "running review" not in words(approver.get(page(version)))  # none has a line of its codes
    refused = take(approver, version, "publish")
    assert (refused.status_code, PolicyVersion.objects.get(pk=version.pk).status) == (422, "approved")
    assert "Tick this if it is meant" in words(refused)
    assert take(approver, version, "publish", confirmed_past="on").status_code == 302
    assert said in words(approver.get(page(version)))  # in its history


def test_what_is_under_way_is_counted_where_a_first_day_lies_back(approver):
    publish_shipped(editor=user("policy_editor"), approver=user("policy_approver"))
    founding_case("b", received_at=timezone.now())
    data = small(begins="2026-03-01", basis="lcd")
    data["rules"][0]["codes"] = ["20553"]
    version = submitted(data)
    approve(version_id=version.pk, by=user("policy_approver"))
    assert "1 running review keeps what governs now." in words(approver.get(page(version)))


def test_a_version_that_begins_today_needs_no_word(approver):
    version = submitted(small(begins="2026-03-10"))
    approve(version_id=version.pk, by=user("policy_approver"))
    assert "lies" not in words(approver.get(page(version)))
    assert take(approver, version, "publish").status_code == 302


def test_discarding(editor):
    version = drafted(small())
    assert take(editor, version, "discard")["Location"] == LIST
    assert PolicyVersion.objects.count() == 0


# ---- the text


def test_two_editors_on_one_draft(editor):
    version = drafted(small())
    opened = editor.get(page(version, "text")).context["form"].initial["revision"]
    save_draft(version_id=version.pk, document=small(pitfalls=["Theirs"]), revision=1, by=user("policy_editor", username="pat"))
    mine = {"text": yaml_text(small(summary="Mine.")), "revision": opened}
    response = editor.post(page(version, "text"), mine)
    assert response.status_code == 409
    assert "was saved since you opened it. Pat Example at 10 Mar 2026, 10:00" in words(response)
    assert "Theirs" in words(response)
    assert "summary: Mine." in response.content.decode()
    assert PolicyVersion.objects.get().document == small(pitfalls=["Theirs"])
    assert editor.post(page(version, "text"), mine | {"revision": 2}).status_code == 302
    assert PolicyVersion.objects.get().document == small(summary="Mine.")


def test_saving_shows_errors_in_place(editor):
    version = drafted(small())
    response = editor.post(page(version, "text"), {"text": "format: 2\n", "revision": 1})
    assert (response.status_code, response.context["form"].placed[0].line) == (422, 1)


def test_a_published_version_is_not_altered_by_any_post(editor, approver):
    version = published(small())
    for client in (editor, approver):
        client.post(page(version, "text"), {"text": yaml_text(small(summary="Other.")), "revision": 1})
        client.post(page(version), {"title": "Other"})
        client.post(f"{LIST}{version.pk}/delete/", {"post": "yes"})
        take(client, version, "discard")
    client.post(LIST, {"action": "delete_selected", "_selected_action": [version.pk], "post": "yes"})
    assert (PolicyVersion.objects.get().document, PolicyVersion.objects.get().status) == (small(), "published")


def test_superusers_cannot_write_past_the_actions():
    chief = User.objects.create_superuser("chief", password="x")
    client, version = Client(), published(small())
    client.force_login(chief)
    assert client.post(f"{LIST}{version.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(ADD, {"text": yaml_text(small("other"))}).status_code == 403
    assert client.get("/admin/criteria/policyevent/add/").status_code == 403


def test_the_file_comes_back(approver):
    version = published(small())
    response = approver.get(page(version, "file"))
    assert response.content.decode() == dump(small())
    assert load(response.content, "file").document == small()


def test_events_are_read_only():
    auditor = signed_in("auditor")
    event = published(small()).policy.events.first()
    assert auditor.get("/admin/criteria/policyevent/").status_code == 200
    assert auditor.post(f"/admin/criteria/policyevent/{event.pk}/change/", {"kind": "x"}).status_code == 403
    assert auditor.post(f"/admin/criteria/policyevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_compares_with_what_is_in_force(editor):
    published(small())
    newer = small(version="2", begins="2026-05-01", summary="Newer")
    changes = editor.get(page(drafted(newer))).context["changes"]
    assert ("The policy", "summary", "Newer") in [(row.change.about, row.change.what, row.change.after) for row in changes]


def test_approving_a_version_that_lost_its_ground(approver):
    """What was complete when it was submitted may block later: another policy was published for the same audience."""
    version = submitted(small("second"))
    published(small("first"))
    response = take(approver, version, "approve")
    assert response.status_code == 422
    assert "first 1 would govern the same code" in words(response)
    with pytest.raises(Incomplete, match="is not ready"):
        approve(version_id=version.pk, by=user("policy_approver"))
