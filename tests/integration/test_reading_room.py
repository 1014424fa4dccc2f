"""The reading room: what governs today, earlier versions, what changed, who approved it; the public page needs no sign-in."""

from datetime import date

import pytest
from django.urls import reverse

from criteria.actions import publish_shipped, retire
from criteria.format import load
from tests.factories import user
from tests.small_policies import drafted, published, small

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def reader(client):
    client.force_login(user("nurse"))
    client.get("/policies/")  # the first request writes the session
    return client


def words(response):
    return " ".join(response.content.decode().split())


def put_versions():
    """Two versions, the later in force, and one to come; an exception of one plan."""
    later = small(version="2", begins="2026-02-01", summary="Later.")
    later["rules"][0]["criteria"]["text"] = "Hip pain for 3 months"
    return [
        published(small()),
        published(later),
        published(small(version="3", begins="2026-06-01")),
        published(small("exception", of="joint-shots", plans=["ahh"])),
    ]


def test_works(reader):
    put_versions()
    page = words(reader.get("/policies/"))
    assert "Joint shots" in page
    assert "since 1 Feb 2026" in page
    assert "3 from 1 Jun 2026" in page
    assert "adds exceptions to joint-shots" in page


def test_empty_says_so(reader):
    drafted(small())
    assert "No policy is published yet" in words(reader.get("/policies/"))


@pytest.mark.parametrize(("asked", "found"), [("27093", True), ("joint SHOTS", True), ("64405", False)])
def test_finds_by_title_and_code(reader, asked, found):
    published(small())
    assert (reverse("policy", args=["joint-shots"]) in words(reader.get("/policies/", {"q": asked}))) is found


def test_the_version_in_force_comes_first(reader):
    put_versions()
    page = words(reader.get("/policies/joint-shots/"))
    assert "<h1>Joint shots 2</h1>" in page
    assert "Hip pain for 3 months" in page
    assert "Policy Approver Example" in page
    assert "What changed since 1" in page
    assert "Exception 1" in page


def test_an_earlier_version_says_that_it_no_longer_governs(reader):
    put_versions()
    page = words(reader.get("/policies/joint-shots/versions/1"))
    assert "<h1>Joint shots 1</h1>" in page
    assert "Followed by a later version" in page
    assert "This version does not govern new requests today." in page
    assert "What changed since" not in page


def test_what_changed_names_the_criterion(reader):
    put_versions()
    changes = reader.get("/policies/joint-shots/versions/2").context["changes"]
    assert [(row.change.criterion, row.change.before, row.change.after) for row in changes if row.change.criterion] == [
        ("hip_pain", "Hip pain", "Hip pain for 3 months")
    ]


def test_drafts_are_not_shown(reader):
    drafted(small())
    assert reader.get("/policies/joint-shots/").status_code == 404
    assert reader.get("/policies/public/joint-shots").status_code == 404
    published(small("other"))
    assert reader.get("/policies/other/versions/9").status_code == 404


def test_overdue_review_is_flagged(reader):
    published(small(next_review="2026-03-01"))
    assert "Review overdue" in words(reader.get("/policies/"))
    assert "Its review was due on 1 Mar 2026" in words(reader.get("/policies/joint-shots/"))


def test_the_file_is_the_same_data(reader):
    version = published(small())
    response = reader.get(reverse("policy-file", args=["joint-shots", "1"]))
    assert response["Content-Disposition"] == 'attachment; filename="joint-shots.yaml"'
    assert load(response.content, "file").document == version.document


def test_a_version_may_be_called_anything(reader):
    published(small(version="2026/1 ß"))
    assert reader.get(reverse("policy-version", args=["joint-shots", "2026/1 ß"])).status_code == 200
    assert reader.get(reverse("policy-file", args=["joint-shots", "2026/1 ß"])).status_code == 200


def test_public_page_needs_no_sign_in(client):
    put_versions()
    page = words(client.get("/policies/public/joint-shots"))
    assert "Hip pain for 3 months" in page
    assert "In force, since 1 Feb 2026" in page
    assert "Sign out" not in page
    assert "Wording in requests and letters" not in page


def test_public_page_says_what_a_practice_needs_and_nothing_for_reviewers(client, reader):
    """The reading room keeps what helps a reviewer to judge: help, pitfalls, who certifies, what a physician must confirm."""
    document = small(pitfalls=["A pitfall of reviewers."])
    criterion = {"help": "Help for reviewers.", "needs": ["A dated note"], "verify": "the source's own words", "authority": "physician"}
    document["rules"][0]["criteria"] |= criterion
    document["rules"][0] |= {"verify": "the whole rule", "evidence_notes": [{"says": "Small studies.", "leans": "limits"}]}
    published(document)
    for_reviewers = ["Help for reviewers.", "A pitfall of reviewers.", "A physician must confirm", "certifies", "Small studies."]
    public, room = words(client.get("/policies/public/joint-shots")), words(reader.get("/policies/joint-shots/"))
    assert [text for text in for_reviewers if text in public] == []
    assert [text for text in for_reviewers if text not in room] == []
    for text in ("Hip pain", "What a record would show: A dated note", "27093", "Approved", "Next review"):
        assert text in public


def test_public_page_of_what_is_over(client):
    version = published(small())
    retire(version_id=version.pk, by=user("policy_approver"), last_day=date(2026, 3, 10))
    assert "no longer in force" not in words(client.get("/policies/public/joint-shots"))


def test_public_page_after_the_last_day(client, frozen):
    version = published(small())
    retire(version_id=version.pk, by=user("policy_approver"), last_day=date(2026, 3, 10))
    frozen.shift(24 * 3600)
    assert "This policy is no longer in force." in words(client.get("/policies/public/joint-shots"))


def test_needs_sign_in(client):
    for path in ("/policies/", "/policies/joint-shots/", "/policies/joint-shots/versions/1", "/policies/joint-shots/files/1"):
        assert client.get(path)["Location"] == f"/sign-in/?next={path}"


def test_every_shipped_policy_reads(reader):
    for version in publish_shipped(editor=user("policy_editor"), approver=user("policy_approver")):
        page = reader.get(reverse("policy", args=[version.policy.slug]))
        assert page.status_code == 200
        assert reader.get(reverse("policy-public", args=[version.policy.slug])).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(reader, django_assert_num_queries, count):
    for number in range(count):
        data = small(f"policy-{number}", plans=[f"plan-{number}"])
        published(data)
    with django_assert_num_queries(4):  # session, person, versions, their codes
        reader.get("/policies/")
