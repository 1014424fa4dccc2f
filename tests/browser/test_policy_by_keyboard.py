"""A policy by keyboard alone: written from nothing, refused, published by another, used by a nurse's next case, not by the one before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from authreview.models import User
from criteria.models import PolicyVersion
from tests.browser import policy_steps as steps
from tests.browser.looks import accessible
from tests.browser.steps import says, takes_next
from tests.factories import founding_case

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
OLD, NEW = "Trigger point injections 2026.1", "Muscle shots 1"
ANSWERS = {
    "Name of the plan's own policy": "Determination 1",
    "Procedure codes": "20552, 20553",
    "What the letter calls it (English)": "shots into tight muscles",
    "What the letter calls it (Spanish)": "inyecciones en los músculos",
    "Asked for as (English)": "Where the knot is",
    "Asked for as (Spanish)": "Dónde está el nudo",
    "Reason when not met (English)": "No knot was found.",
    "Reason when not met (Spanish)": "No se encontró ningún nudo.",
    "Reason when nobody answered (English)": "Nobody wrote of a knot.",
    "Reason when nobody answered (Spanish)": "Nadie escribió de un nudo.",
    "Next review": "12012099",
}


def governed_by(nurse, version):
    expect(nurse.page.locator("#checklist")).to_contain_text(version)


def test_from_nothing_to_the_next_case_without_a_mouse(at_desk):
    # a review begins under the rule of today
    running = founding_case("b", received_at=NOW)
    nurse = at_desk("nurse", NOW)
    nurse.arrives("Worklist")
    accessible(nurse.page)
    takes_next(nurse, running.reference)
    governed_by(nurse, OLD)
    accessible(nurse.page)
    nurse.key("o")
    nurse.key("4")
    says(nurse, 1, "not_documented")

    # an editor, who may also approve, writes another for the same codes
    User.objects.get(username="policy_editor").groups.add(Group.objects.get(name="policy_approver"))
    editor = at_desk("policy_editor", NOW + timedelta(minutes=10))
    steps.starts(editor, "Muscle shots", "muscle-shots")
    steps.adds_criterion(editor, 0, "A knot can be felt")
    steps.cannot_submit(editor, "5 things are missing; see what blocks submission.")
    steps.mends(editor, ANSWERS)
    steps.keeps_example(editor, "A knot can be felt", "Met", "Met: a nurse certifies")
    steps.mends(editor, ANSWERS)
    steps.comes_to_part(editor, "Policy")
    steps.chooses(editor, "Basis", "N")
    steps.comes_to_part(editor, "In force")
    steps.says(editor, "From", "03012026")

    # refused until the example holds; then submitted, and not theirs to approve
    steps.turns_to_example(editor)
    steps.chooses(editor, "Expected value", "N")
    steps.holds(editor, "0 of 1")
    accessible(editor.page)
    steps.cannot_submit(editor, "1 thing is missing; see what blocks submission.")
    steps.follows_blocker(editor)
    steps.expects_what_came(editor)
    steps.holds(editor, "1 of 1")
    steps.submits(editor, NEW)
    steps.cannot_approve(editor, PolicyVersion.objects.get(policy__slug="muscle-shots"))

    # another publishes it, and says that its first day is meant to be past
    approver = at_desk("policy_approver", NOW + timedelta(minutes=20))
    approver.arrives("Administration")
    accessible(approver.page)
    approver.follows(NEW, NEW)
    accessible(approver.page)
    steps.takes_step(approver, "Approve", f"{NEW} is approved.")
    steps.takes_step(approver, "Publish", "Tick this if it is meant")
    steps.follows_the_error(approver, "I have read this")
    approver.key("Space")
    steps.takes_step(approver, "Publish", f"{NEW} is published.")

    # the running review keeps its rule and what was found, the next one has the new rule
    coming = founding_case("b", received_at=NOW + timedelta(minutes=30), member_id="SHP-900-99")
    nurse.page.reload()
    governed_by(nurse, OLD)
    says(nurse, 1, "not_documented")
    accessible(nurse.page)
    nurse.follows("Worklist", "Worklist")
    nurse.key("t")
    expect(nurse.page.get_by_text(coming.reference).first).to_be_visible()
    governed_by(nurse, NEW)
    accessible(nurse.page)
    nurse.key("o")
    nurse.key("4")
    says(nurse, 1, "not_documented")
