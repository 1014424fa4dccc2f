"""The administration: which role opens which page, rows in use closed and followed, wording approved by a second person."""

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from authreview.models import AccessRecord, User
from authreview.roles import ADMIN_PAGES, Role
from authreview.templatetags.ui import navigation
from cases.letters.wording_texts import load_texts
from cases.models import LetterText, Plan, ServiceCode, TurnaroundRule
from criteria.actions import approve, return_to_draft, save_draft, submit
from tests.clients import signed_in
from tests.factories import founding_case, installed, plans, user
from tests.small_policies import drafted, published, small, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def words(response):
    return " ".join(response.content.decode().split())


def address(label, page="changelist", *args):
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def fields_of(response, **changed):
    """What the browser would send of the page's form, with some fields typed anew."""
    form = response.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (sent | changed).items() if value is not False}


# ---- who


@pytest.mark.parametrize("role", [Role.ADMIN, Role.POLICY_EDITOR, Role.POLICY_APPROVER, Role.SUPERVISOR, Role.AUDITOR])
def test_each_role_opens_its_pages_and_no_other(role):
    client = signed_in(role)
    labels = {label for pages in ADMIN_PAGES.values() for label in pages} - {"authreview.licence"}
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert labels <= registered
    opened = {label for label in labels if client.get(address(label)).status_code == 200}
    assert opened == labels & set(ADMIN_PAGES[role])
    added = {label for label in labels if client.get(address(label, "add")).status_code == 200}
    assert added == {label for label in opened if "add" in ADMIN_PAGES[role][label]}


@pytest.mark.parametrize("role", [Role.NURSE, Role.MEDICAL_DIRECTOR, Role.INTAKE, Role.LETTERS])
def test_other_roles_see_nothing_even_as_staff(role):
    client = signed_in(role)
    assert "Administration" in words(client.get("/admin/"))
    assert client.get(address("authreview.user")).status_code == 403


def test_superusers_see_everything_and_change_no_history():
    chief = Client()
    chief.force_login(User.objects.create_superuser("chief", password="x"))
    for model in admin.site._registry:
        assert chief.get(address(model._meta.label_lower)).status_code == 200
    for label in ("cases.case", "cases.caseevent", "cases.letter", "authreview.accessrecord", "criteria.policyevent", "auth.group"):
        assert chief.get(address(label, "add")).status_code == 403


@pytest.mark.parametrize(
    ("role", "is_staff", "start"), [("policy_editor", True, "/admin/"), ("policy_approver", False, "/policies/"), ("nurse", False, "/")]
)
def test_signing_in_leads_where_the_role_may_go(client, role, is_staff, start):
    person = user(role)
    User.objects.filter(pk=person.pk).update(is_staff=is_staff)
    response = client.post("/sign-in/", {"username": person.username, "password": "let me in, please", "next": "/"})
    assert response["Location"] == start
    assert client.get(start).status_code == 200


# ---- the start page


def waiting(client):
    """Heading -> the rows below it, as label, pill and what is said."""
    groups = client.get("/admin/").context["groups"]
    return {group.title: [(row.label, row.mark, row.detail) for row in group.rows] for group in groups}


def test_an_approver_sees_what_waits_for_their_word():
    submitted(small("first"))
    draft = drafted(small("second"))
    both = user("policy_editor", "policy_approver", username="both")
    save_draft(version_id=draft.pk, document=small("second", summary="Mine."), revision=1, by=both)
    submit(version_id=draft.pk, by=user("policy_editor"))
    approve(version_id=submitted(small("third")).pk, by=user("policy_approver"))
    said = "by Policy Editor Example on 10 Mar 2026; in force from 1 Jan 2026."
    by = "by Policy Approver Example on 10 Mar 2026; in force from 1 Jan 2026."
    rows = [("First 1", "To approve", f"Submitted {said}"), ("Second 1", "To approve", f"Submitted {said}")]
    assert waiting(signed_in("policy_approver")) == {"Waiting for approval": [*rows, ("Third 1", "To publish", f"Approved {by}")]}
    client = Client()
    User.objects.filter(pk=both.pk).update(is_staff=True)
    client.force_login(User.objects.get(pk=both.pk))
    yours = ("Second 1", "Yours", f"Submitted {said} You wrote in it, so another approver has to.")
    assert waiting(client)["Waiting for approval"][1] == yours


def test_an_editor_sees_their_drafts_and_why_one_came_back():
    mine = submitted(small("first"))
    return_to_draft(version_id=mine.pk, by=user("policy_approver"), why="Say more.")
    submitted(small("second"))
    begun = "Begun by Policy Editor Example on 10 Mar 2026; in force from 1 Jan 2026."
    rows = [("First 1", "Sent back", f"{begun} Sent back: Say more."), ("Second 1", "In review", begun)]
    assert waiting(signed_in("policy_editor")) == {"My drafts": rows}
    assert waiting(signed_in("policy_editor", username="pat")) == {"Others in work": rows}
    submit(version_id=mine.pk, by=user("policy_editor"))
    assert waiting(signed_in("policy_editor"))["My drafts"][0] == ("First 1", "In review", begun)


@pytest.mark.parametrize("role", ["admin", "policy_editor", "policy_approver", "auditor"])
def test_overdue_reviews_are_said(role, frozen):
    """Of each policy the version that governs: the one that was followed is reviewed no more."""
    published(small(next_review="2026-03-09"))
    published(small("other", next_review="2026-05-01", lines_of_business=["medicaid"]))
    client = signed_in(role)
    overdue = [("Joint shots 1", "Overdue", "Its review was due on 9 Mar 2026, 1 day ago.")]
    soon = [("Other 1", "", "Its review is due on 1 May 2026.")]
    assert waiting(client) == {"Policy reviews overdue": overdue, "Policy reviews due within 60 days": soon}
    published(small(version="2", begins="2026-02-01", next_review="2027-01-01"))
    assert "Policy reviews overdue" not in waiting(client)


def test_an_administrator_sees_wording_codes_and_plans():
    plans()
    client = signed_in("admin")
    ServiceCode.objects.create(code="64405", name="Block", lay_name={}, effective_from=date(2020, 1, 1), verify="one unit")
    for username in ("admin", "admin2"):
        LetterText.objects.create(
            key=f"appeal-{username}",
            language="en",
            body="x",
            effective_from=date(2026, 4, 1),
            written_by=user("admin", username=username),
            written_at="2026-03-01T10:00Z",
        )
    published(small(plans=["base", "nobody"], next_review="2027-01-01"))
    found = waiting(client)
    assert [(label, mark) for label, mark, _ in found["Letter texts waiting for approval"]] == [
        ("appeal-admin (en)", "Yours"),
        ("appeal-admin2 (en)", "To approve"),
    ]
    assert found["Plans that policies name"] == [("nobody", "", "A published policy names this plan, and it is not kept here.")]
    assert [row[2] for row in found["Code sets"]] == ["Without words for members.", "With something still to verify."]
    assert client.get(f"{address('cases.plan', 'add')}?code=nobody").context["adminform"].form["code"].value() == "nobody"


def test_nothing_waits():
    client = signed_in("policy_approver")
    assert "Nothing waits for you" in words(client.get("/admin/"))
    assert "There is nothing here for your role" in words(signed_in("nurse").get("/admin/"))
    assert waiting(signed_in("supervisor")) == {}


def test_start_page_links_what_the_role_opens():
    page = signed_in("policy_editor").get("/admin/").context["kept"]
    assert [(heading, [entry.label for entry in entries]) for heading, entries in page] == [
        ("Policies", ["Which rule governs?", "Policy versions"])
    ]
    chief = Client()
    chief.force_login(User.objects.create_superuser("chief", password="x"))
    headings = [heading for heading, _ in chief.get("/admin/").context["kept"]]
    assert headings == ["Policies", "Plans and codes", "Deadlines and wording", "Cases", "People", "More"]  # what this house did not write


@pytest.mark.parametrize("count", [1, 3])
def test_start_page_query_count(count, django_assert_num_queries):
    for number in range(count):
        submitted(small(f"policy-{number}"))
        published(small(f"other-{number}", lines_of_business=[["medicaid", "commercial", "marketplace"][number]], next_review="2026-03-01"))
    client = signed_in("policy_approver")
    client.get("/admin/")
    with django_assert_num_queries(7):  # session, person, versions in work, their events, reviews, and Django's two for its list
        client.get("/admin/")


# ---- people


def test_a_role_opens_the_administration():
    client = signed_in("admin")
    nurse = user("nurse")
    group = Group.objects.get_or_create(name=Role.POLICY_EDITOR)[0]
    page = address("authreview.user", "change", nurse.pk)
    formset = {"licences-TOTAL_FORMS": 0, "licences-INITIAL_FORMS": 0}
    sent = {"username": "nurse", "credentials": "RN", "is_active": "on", "groups": [group.pk], **formset}
    assert client.post(page, sent).status_code == 302
    nurse = User.objects.get(pk=nurse.pk)
    assert (nurse.is_staff, nurse.has_role(Role.POLICY_EDITOR)) == (True, True)
    client.post(page, sent | {"groups": []})
    assert User.objects.get(pk=nurse.pk).is_staff is False


def test_an_administrator_lifts_neither_themselves_nor_a_superuser():
    client = signed_in("admin")
    me, chief = User.objects.get(username="admin"), User.objects.create_superuser("chief", password="x")
    formset = {"licences-TOTAL_FORMS": 0, "licences-INITIAL_FORMS": 0}
    director = Group.objects.get_or_create(name=Role.MEDICAL_DIRECTOR)[0]
    client.post(
        address("authreview.user", "change", me.pk), {"username": "admin", "groups": [director.pk], "is_superuser": "on", **formset}
    )
    assert (User.objects.get(pk=me.pk).roles, User.objects.get(pk=me.pk).is_superuser) == ({Role.ADMIN}, False)
    assert (
        client.post(f"/admin/authreview/user/{chief.pk}/password/", {"password1": "aB3$kkkkkk", "password2": "aB3$kkkkkk"}).status_code
        == 403
    )
    assert client.post(address("authreview.user", "change", chief.pk), {"username": "taken", **formset}).status_code == 403
    assert client.post(address("authreview.user", "delete", chief.pk), {"post": "yes"}).status_code == 403


def test_licences_stand_with_the_person():
    client, nurse = signed_in("admin"), user("nurse", states=())
    licence = {"licences-0-state": "OH", "licences-0-number": "RN-1", "licences-0-expires_on": "2027-01-31", "licences-0-user": nurse.pk}
    sent = {"username": "nurse", "is_active": "on", "licences-TOTAL_FORMS": 1, "licences-INITIAL_FORMS": 0, **licence}
    assert client.post(address("authreview.user", "change", nurse.pk), sent).status_code == 302
    assert [str(each) for each in nurse.licences.all()] == ["OH RN-1, valid until 31 Jan 2027"]


def test_access_records_name_the_person():
    nurse = user("nurse")
    AccessRecord.objects.create(at="2026-03-10T10:00Z", user_id=nurse.pk, kind="case", key="PA-1", origin="", outcome="shown")
    page = words(signed_in("auditor").get(address("authreview.accessrecord"), {"q": "PA-1"}))
    assert ">nurse<" in page


# ---- plans and codes


def test_a_plan_keeps_its_history_and_what_the_form_does_not_know():
    client = signed_in("admin")
    plans()
    Plan.objects.filter(code="base").update(contact={"phone": "1", "unknown": "kept", "address": ["A", "B"]})
    plan = Plan.objects.get(code="base")
    page = address("cases.plan", "change", plan.pk)
    response = client.post(page, fields_of(client.get(page), phone="2", hours_es="de 8 a 6", state="pa"))
    assert response.status_code == 302
    plan.refresh_from_db()
    assert (plan.contact, plan.state, plan.code) == (
        {"phone": "2", "unknown": "kept", "address": ["A", "B"], "hours": {"es": "de 8 a 6"}},
        "PA",
        "base",
    )
    last = plan.history.first()
    assert (last.history_user.username, last.contact["phone"]) == ("admin", "2")
    assert client.get(address("cases.plan", "history", plan.pk)).status_code == 200


def test_a_plan_is_looked_at_by_an_auditor():
    plans()
    page = address("cases.plan", "change", Plan.objects.get(code="base").pk)
    assert "555-0100" in words(signed_in("auditor").get(page))
    assert signed_in("auditor").post(page, {"name": "Other"}).status_code == 403


def test_a_plan_shows_its_policies():
    """Exceptions first, then what names the plan, then what is for everybody; nothing that is over, nothing for others."""
    plans()
    published(small("everybody"))
    published(small("exception", of="everybody", plans=["ahh"]))
    published(small("named", plans=["ahh"]))
    published(small("named", "2", plans=["ahh"], begins="2026-02-01"))
    published(small("over", plans=["ahh"], begins="2025-01-01", until="2025-12-31"))
    published(small("others", lines_of_business=["medicaid"]))
    drafted(small("coming", plans=["ahh", "base"]))
    page = signed_in("admin").get(address("cases.plan", "change", Plan.objects.get(code="ahh").pk))
    found = {group.id: [(row.title, row.standing, row.about) for row in group.rows] for group in page.context["groups"]}
    assert found == {
        "overlays": [("Exception", "In force", "Adds to everybody, for plan ahh")],
        "naming": [
            ("Coming", "Draft", "For plans ahh, base"),
            ("Named", "In force", "For plan ahh"),
            ("Named", "Followed by 2", "For plan ahh"),
        ],
        "others": [("Everybody", "In force", "For everybody")],
    }
    assert "Exceptions of this plan" in words(page)
    assert "plan-policies" not in words(signed_in("admin").get(address("cases.plan", "add")))


def test_lists_are_headed_by_what_they_list():
    plans()
    client = signed_in("admin", first_name="Ada", last_name="Lund")
    for label, title in (
        ("cases.plan", "Plans"),
        ("authreview.user", "People"),
        ("auth.group", "Roles"),
        ("cases.lettertext", "Letter texts"),
    ):
        assert f"<h1>{title}</h1>" in words(client.get(address(label))), label
    assert "Administrator" in words(client.get(address("auth.group")))
    assert "Ada Lund" in words(client.get(address("auth.group")))
    assert [row.username for row in client.get(address("authreview.user") + "?role=nurse").context["cl"].result_list] == []
    assert [place.is_current for place in navigation({"request": client.get("/code-sets/").wsgi_request, "user": User.objects.get()})] == [
        False,
        True,
    ]


def test_lines_of_business():
    installed()
    client = signed_in("admin")
    lines = {line.word: line for line in client.get(address("cases.plan", "lines")).context["lines"]}
    assert list(lines) == ["commercial", "erisa_self_funded", "marketplace", "medicare_advantage", "medicaid"]
    assert {row.title for row in lines["medicaid"].policies} == {
        "Trigger point injections, Medicaid",
        "Greater occipital nerve block, Medicaid",
    }
    in_force = TurnaroundRule.objects.filter(line_of_business="medicaid", effective_until=None).count()
    assert lines["medicaid"].rules == in_force
    assert client.get(lines["medicaid"].rules_url).status_code == 200
    assert signed_in("policy_editor").get(address("cases.plan", "lines")).status_code == 403


@pytest.fixture
def code():
    installed()
    return ServiceCode.objects.get(code="64405")


def test_codes_are_looked_at_here_and_kept_on_their_own_pages(code):
    client = signed_in("admin")
    assert 'href="/code-sets/"' in words(client.get(address("cases.servicecode")))
    assert client.post(address("cases.servicecode", "change", code.pk), {"name": "Other"}).status_code == 403
    assert client.get(address("cases.servicecode", "add")).status_code == 403


# ---- turnaround rules


@pytest.fixture
def rule():
    installed()
    return TurnaroundRule.objects.filter(line_of_business="commercial", effective_until=None).order_by("pk").first()


def terms(rule, **changed):
    names = ("amount", "unit", "start", "notify_unit", "extension_days", "extension_reasons", "on_miss", "citation", "verify")
    sent = {name: getattr(rule, name) for name in names} | {
        "notify_amount": rule.notify_amount or "",
        "answer_days": rule.answer_days or "",
    }
    return sent | {"effective_from": "2026-04-01"} | ({"tolls": "on"} if rule.tolls else {}) | changed


def test_a_rule_in_use_is_not_edited(rule):
    client = signed_in("admin")
    page = address("cases.turnaroundrule", "change", rule.pk)
    assert "End and follow" in words(client.get(page))
    assert client.post(page, terms(rule, amount=1)).status_code == 403
    assert TurnaroundRule.objects.get(pk=rule.pk).amount == rule.amount


def test_end_and_follow(rule):
    client, count = signed_in("admin"), TurnaroundRule.objects.count()
    page = address("cases.turnaroundrule", "follow", rule.pk)
    assert client.get(page).status_code == 200
    assert client.post(page, terms(rule, amount=5, citation="New law"))["Location"] == address("cases.turnaroundrule")
    old, new = TurnaroundRule.objects.get(pk=rule.pk), TurnaroundRule.objects.latest("pk")
    assert (old.effective_until, new.effective_from, new.amount, new.citation) == (date(2026, 3, 31), date(2026, 4, 1), 5, "New law")
    assert (new.line_of_business, new.state, new.review_type, new.urgency) == (
        old.line_of_business,
        old.state,
        old.review_type,
        old.urgency,
    )
    assert client.post(page, terms(rule, amount=6)).status_code == 422
    assert TurnaroundRule.objects.count() == count + 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"effective_from": "2026-03-10"}, "A rule begins on a day to come"),
        ({"notify_amount": "3", "notify_unit": ""}, "an amount and a unit, or neither"),
        ({"extension_days": "3", "extension_reasons": []}, "An extension needs its reasons."),
        ({"amount": ""}, "This field is required."),
    ],
)
def test_following_shows_errors(rule, typed, sentence):
    response = signed_in("admin").post(address("cases.turnaroundrule", "follow", rule.pk), terms(rule, **typed))
    assert response.status_code == 422
    assert sentence in words(response)
    assert TurnaroundRule.objects.get(pk=rule.pk).effective_until is None


def test_a_second_rule_for_the_same_is_refused(rule):
    client = signed_in("admin")
    whose = {name: getattr(rule, name) for name in ("line_of_business", "state", "review_type", "urgency")}
    response = client.post(address("cases.turnaroundrule", "add"), terms(rule) | whose)
    assert "There is a rule for these on that day already." in words(response)
    assert client.post(address("cases.turnaroundrule", "add"), terms(rule) | whose | {"state": "OH"}).status_code == 302


def test_only_an_administrator_follows(rule):
    assert signed_in("auditor").post(address("cases.turnaroundrule", "follow", rule.pk), terms(rule)).status_code == 403


# ---- letter texts


@pytest.fixture
def text():
    return LetterText.objects.create(
        key="appeal",
        language="en",
        body="Call {plan_phone}.",
        effective_from=date(2025, 1, 1),
        written_by=user("admin"),
        written_at="2025-01-01T10:00Z",
        approved_by=user("admin", username="admin2"),
        approved_at="2025-01-01T11:00Z",
    )


def _in_force(day):
    return load_texts("commercial", "", "en", day)["appeal"]


def test_wording_is_followed_and_approved_by_another(text):
    client, other = signed_in("admin"), signed_in("admin", username="admin2")
    page = address("cases.lettertext", "change", text.pk)
    assert client.post(page, {"body": "Changed", "effective_from": "2025-01-01"}).status_code == 403
    follow = address("cases.lettertext", "follow", text.pk)
    client.post(follow, {"body": "Call {plan_phone} or {plan_tty}.", "effective_from": "2026-04-01"})
    new = LetterText.objects.latest("pk")
    assert (new.key, new.approved_by, _in_force(date(2026, 4, 1))) == ("appeal", None, text)
    approve = address("cases.lettertext", "approve", new.pk)
    assert "Nobody approves their own wording." in words(client.get(address("cases.lettertext", "change", new.pk)))
    assert client.post(approve).status_code == 403
    assert "Approve this text" in words(other.get(address("cases.lettertext", "change", new.pk)))
    assert other.get(approve).status_code == 405
    assert other.post(approve).status_code == 302
    text.refresh_from_db()
    assert text.effective_until == date(2026, 3, 31)
    held = [_in_force(day) for day in (date(2026, 3, 31), date(2026, 4, 1))]
    assert held == [text, new]
    assert other.post(approve).status_code == 409


def test_whoever_wrote_last_does_not_approve(text):
    client, other = signed_in("admin"), signed_in("admin", username="admin2")
    client.post(address("cases.lettertext", "follow", text.pk), {"body": "New.", "effective_from": "2026-04-01"})
    new = LetterText.objects.latest("pk")
    assert other.post(address("cases.lettertext", "change", new.pk), {"body": "Newer.", "effective_from": "2026-04-01"}).status_code == 302
    assert other.post(address("cases.lettertext", "approve", new.pk)).status_code == 403
    assert client.post(address("cases.lettertext", "approve", new.pk)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"body": "Call {phone}."}, "No such placeholder: phone."),
        ({"effective_from": "2026-03-10"}, "The new text begins on a day to come."),
        ({"body": ""}, "This field is required."),
    ],
)
def test_wording_shows_errors(text, typed, sentence):
    sent = {"body": "Call {plan_phone}.", "effective_from": "2026-04-01"} | typed
    response = signed_in("admin").post(address("cases.lettertext", "follow", text.pk), sent)
    assert (response.status_code, sentence in words(response), LetterText.objects.count()) == (422, True, 1)


# ---- cases


def test_opening_a_case_is_recorded():
    case = founding_case("a")
    client = signed_in("auditor")
    assert case.reference in words(client.get(address("cases.case")))
    before = AccessRecord.objects.filter(key=case.reference).count()
    page = address("cases.case", "change", case.pk)
    assert client.get(page).status_code == 200
    assert client.get(address("cases.caseevent", "change", case.events.first().pk)).status_code == 200
    assert AccessRecord.objects.filter(key=case.reference, kind="case", outcome="shown").count() == before + 2
    assert client.post(page, {"status": "closed"}).status_code == 403
    assert client.post(address("cases.caseevent", "delete", case.events.first().pk), {"post": "yes"}).status_code == 403


# ---- in the house's words


def test_people_are_people_there():
    client, person = signed_in("admin"), user("nurse")
    add, change, password = (
        address("authreview.user", name, *pk) for name, pk in (("add", ()), ("change", (person.pk,)), ("changelist", ()))
    )
    for page in (add, change, password, f"{change.removesuffix('change/')}password/"):
        said = words(client.get(page))
        assert not [stock for stock in ("Add user", "Change user", ">Users<", "pbkdf2", "LDAP", "Designates") if stock in said], page
    assert "Add person" in words(client.get(add))


def test_a_new_person_signs_in_and_gets_another_password():
    client = signed_in("admin")
    sent = {
        "username": "pat",
        "first_name": "Pat",
        "last_name": "Lee",
        "password1": "tall-green-chair-7",
        "password2": "tall-green-chair-7",
    }
    inlines = {f"licences-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    assert client.post(address("authreview.user", "add"), sent | inlines).status_code == 302
    person = User.objects.get(username="pat")
    assert (person.get_full_name(), person.check_password("tall-green-chair-7")) == ("Pat Lee", True)
    page = f"{address('authreview.user', 'change', person.pk).removesuffix('change/')}password/"
    assert client.post(page, {"password1": "low-blue-table-8", "password2": "low-blue-table-8"}).status_code == 302
    assert User.objects.get(username="pat").check_password("low-blue-table-8")


def test_a_text_is_listed_by_name_with_its_people(text):
    page = words(signed_in("admin").get(address("cases.lettertext", "changelist")))
    assert "Appeal" in page
    assert "English" in page
    assert "By approved at" not in page
    waits = signed_in("admin").get(address("cases.lettertext", "changelist"), {"approval": "waiting"})
    assert not waits.context["cl"].result_list
