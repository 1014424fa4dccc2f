"""People, policies and cases for tests, built through the real actions: what a test starts from is what the product can reach."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from authreview.canonical import canonical, sha256
from authreview.models import Licence, User
from authreview.roles import Role
from cases.actions.determination import refer_lines, sign_determination
from cases.actions.documents import attach_document, open_page
from cases.actions.information import send_request
from cases.actions.intake import take_in
from cases.actions.marking import Selection
from cases.actions.review import accept_proposal, record_finding
from cases.demo.founding import case_a, case_b
from cases.models import Case, DocumentPage, Plan, ServiceCode, TurnaroundRule
from cases.queries.asking import wanted_items
from cases.queries.lines import line_review
from cases.queries.recorded import loaded_lines
from cases.readiness import DecisionDraft
from cases.service_codes import SEED_CODES
from cases.turnaround import SEED_RULES
from criteria.enums import BASIS_RANK
from criteria.format import load
from criteria.models import Policy, PolicyVersion, RuleCode
from tests.conftest import NEW_YORK

RECEIVED = datetime(2026, 3, 2, 16, 30, tzinfo=NEW_YORK)
SHIPPED = Path(settings.BASE_DIR) / "criteria" / "policies"
CONTACT = {
    "address": ["Sample Health Plan", "PO Box 100", "Sampletown, OH 43001"],
    "phone": "555-0100",
    "fax": "555-0101",
}

# not the loader's: it reads all of ICD-10-CM when it is imported
NAMES = {
    "20552": "Trigger point injections, 1 or 2 muscles",
    "20553": "Trigger point injections, 3 or more muscles",
    "20610": "Large joint injection",
    "64400": "Trigeminal branch block",
    "64405": "Occipital block",
    "64450": "Other nerve block",
    "64615": "Botulinum toxin for migraine",
}


def user(role, *more, username="", states=("OH",), **fields):
    """A person with a role, made once; nurses and directors with a licence. `user("nurse")`, `user("nurse", username="nurse2")`."""
    username = username or str(role)
    found = User.objects.filter(username=username).first()
    if found:
        return found
    names = {"first_name": username.replace("_", " ").title(), "last_name": "Example", "credentials": "RN" if role == "nurse" else ""}
    if role == "medical_director":
        names |= {"credentials": "MD", "specialty": "Pain medicine"}
    made = User.objects.create_user(username, password="let me in, please", **(names | fields))
    made.groups.set([Group.objects.get_or_create(name=Role(each).value)[0] for each in (role, *more)])
    if role in ("nurse", "medical_director"):
        for state in states:
            Licence.objects.create(user=made, state=state, number=f"{state}-{made.pk:05}", expires_on=date(2030, 12, 31))
    return User.objects.get(pk=made.pk)


def plans():
    """The plans that the founding cases name."""
    for code, name in (("base", "Sample Health Plan"), ("ahh", "AHH Member Plan")):
        Plan.objects.get_or_create(code=code, defaults={"name": name, "line_of_business": "commercial", "state": "OH", "contact": CONTACT})


@cache
def shipped():
    """The files as trees and documents, read once."""
    read = [load(file.read_text(), file.name) for file in sorted(SHIPPED.glob("*.yaml"))]
    return [(each.policy, each.document) for each in read]


def published_policies():
    """The shipped policies, in force: as rows, because publishing runs every example of theirs, and has tests of its own."""
    if PolicyVersion.objects.exists():
        return
    at, editor, approver = timezone.now(), user("policy_editor"), user("policy_approver")
    people = {"drafted": editor, "submitted": editor, "approved": approver}
    for policy, document in shipped():
        version = PolicyVersion.objects.create(
            policy=Policy.objects.get_or_create(slug=policy.policy)[0],
            version=policy.version,
            status="approved",
            document=document,
            digest=sha256(canonical(document)),
            title=policy.title,
            basis_rank=BASIS_RANK[policy.basis],
            overlays=policy.overlays or "",
            effective_from=policy.effective_from,
            effective_until=policy.effective_until,
            next_review=policy.next_review,
            **{f"{verb}_at": at for verb in people},
            **{f"{verb}_by": person for verb, person in people.items()},
        )
        RuleCode.objects.bulk_create(RuleCode(version=version, code=code, rule=rule.id) for rule in policy.rules for code in rule.codes)
    PolicyVersion.objects.update(status="published", published_by=approver, published_at=at)


def installed():
    """What a new installation has: codes, turnaround rules, plans, policies."""
    if not ServiceCode.objects.exists():
        ServiceCode.objects.bulk_create(
            ServiceCode(**asdict(rule), name=NAMES[rule.code], effective_from=date(2020, 1, 1)) for rule in SEED_CODES
        )
    if not TurnaroundRule.objects.exists():
        rows = [asdict(rule) for rule in SEED_RULES]
        TurnaroundRule.objects.bulk_create(
            TurnaroundRule(**{name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}) for row in rows
        )
    plans()
    published_policies()


def founding_case(name, *, plan="", received_at=RECEIVED, **more):
    """Case A or B as received: routed by intake, its document attached. `more`: member_id, name of the member."""
    installed()
    demo = (case_a if name == "a" else case_b)(received_at, plan=plan or ("base" if name == "a" else "ahh"), **more)
    intake = user("intake")
    case = take_in(data=demo.intake, by=intake, at=received_at)
    for document in demo.documents:
        attach(case, document, by=intake)
    return Case.objects.select_related("member", "plan", "requester").get(pk=case.pk)


def attach(case, document, *, by):
    """A document of the demo's data as a text file."""
    return attach_document(
        case_id=case.pk,
        data=document.text.encode(),
        filename=f"{document.title}.txt",
        by=by,
        title=document.title,
        kind=document.kind,
        date=document.date,
        source=document.source,
    )


def demo_of(case):
    """The data that a founding case was made from."""
    made = case_a if case.lines.filter(code="64400").exists() else case_b
    return made(case.received_at.astimezone(NEW_YORK), plan=case.plan.code, member_id=case.member.member_id)


def selection_of(case, quote):
    """The passage of the record with these words."""
    words = " ".join(quote.split())
    for page in DocumentPage.objects.filter(document__case=case).order_by("-document_id"):
        if words in " ".join(page.text.split()):
            return Selection(document_id=page.document_id, page=page.number, text=words)
    raise AssertionError(f"the record does not say {quote!r}")


def mark(case, line, criterion, value, *, by=None, quote="", note=""):
    """Mark one criterion as the nurse does."""
    return record_finding(
        reference=case.reference,
        line=line,
        criterion=criterion,
        by=by or user("nurse"),
        value=value,
        note=note,
        selection=selection_of(case, quote) if quote else None,
    )


def reviewed(case, findings=None, *, by=None, lines=None):
    """Mark a case as a careful nurse finds it: everything of its data, or of the lines given."""
    nurse = by or user("nurse")
    for page in DocumentPage.objects.filter(document__case=case):
        open_page(page=page, by=nurse)
    findings = findings or demo_of(case).findings
    for line in case.lines.order_by("number"):
        if lines and line.number not in lines:
            continue
        for criterion, found in findings.get(line.code, {}).items():
            if found.accept:
                accept_proposal(reference=case.reference, line=line.number, criterion=criterion, by=nurse)
            else:
                mark(case, line.number, criterion, found.value, by=nurse, quote=found.quote, note=found.note)
    return case


def asked_for(case, *, by=None):
    """The request for information as its page would send it: what is ticked at first."""
    lines = loaded_lines(case)
    for line in lines:
        line.case = case
    items = [item.draft for item in wanted_items([line_review(line) for line in lines]) if item.ticked]
    return send_request(case_id=case.pk, items=items, answer_by=timezone.now() + timedelta(days=5), by=by or user("nurse"))


def case_at(status, name="a", **more):
    """A founding case whose review got this far, through the real actions.

    Case A: line 1 waits for information from `awaiting_information` on; lines 2 to 4 are with the director from `physician_review` on;
    line 3 is approved by the director from `decided` on.
    """
    steps = ("nurse_review", "awaiting_information", "physician_review", "decided")
    case, nurse = reviewed(founding_case(name, **more)), user("nurse")
    far = steps.index(status)
    if far >= 1:
        asked_for(case)
    if far >= 2:
        question = "The criteria are marked as shown. How do you decide each line?"
        refer_lines(case_id=case.pk, lines=[2, 3, 4], question=question, by=nurse)
    if far >= 3:
        draft = DecisionDraft(outcome="approved", rationale="The block can confirm the diagnosis.", no_conflict=True)
        sign_determination(case_id=case.pk, line=3, draft=draft, by=user("medical_director"), signed_with="password")
    return case
