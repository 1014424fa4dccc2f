"""Every page of the product through axe, seen by the roles that open it. A page that is new to the URLconf and not listed here fails."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from authreview.models import User
from cases.actions.intake import start_case
from cases.actions.letters import issue_letter, prepare_letters
from cases.actions.replay import run_replay, start_replay
from cases.models import Document, InformationRequest, Onset
from criteria.models import PolicyVersion
from tests.browser.hands import sign_in_at_once
from tests.browser.looks import violations
from tests.letter_cases import asked, ready, referred, signed

pytestmark = pytest.mark.django_db(transaction=True)

CLINICAL = ("nurse", "medical_director")
EVERYBODY = ("intake", "nurse", "medical_director", "supervisor", "letters", "auditor")
TPI = ("trigger-point-injections", "2026.1")
# name -> who looks at it, and the arguments of its address
PAGES = {
    "sign-in": ((), lambda _: ()),
    "worklist": (EVERYBODY, lambda _: ()),
    "cases": (EVERYBODY, lambda _: ()),
    "assignment": (("nurse", "supervisor"), lambda at: (at.reference,)),
    "intake-new": (("intake",), lambda _: ()),
    "intake": (("intake",), lambda at: (at.draft,)),
    "case": (EVERYBODY, lambda at: (at.reference,)),
    "case-line": (CLINICAL, lambda at: (at.reference, 3)),
    "fact-new": (("nurse",), lambda at: (at.reference, "treatment")),
    "fact": (("nurse",), lambda at: (at.reference, "onset", at.onset)),
    "documents": (("intake", "nurse"), lambda at: (at.reference,)),
    "document": (("nurse",), lambda at: (at.reference, at.document)),
    "information-request": (CLINICAL, lambda at: (at.reference,)),
    "information-received": (("nurse",), lambda at: (at.reference, at.request)),
    "referral": (("nurse",), lambda at: (at.reference,)),
    "approve": (("nurse",), lambda at: (at.reference,)),
    "sign-off": (("medical_director",), lambda at: (at.reference,)),
    "sign-off-line": (("medical_director", "auditor"), lambda at: (at.reference, 4)),
    "summary": (("nurse", "medical_director", "auditor"), lambda at: (at.reference,)),
    "letters": (("nurse", "letters"), lambda at: (at.reference,)),
    "letter": (("letters",), lambda at: (at.reference, at.letter)),
    "letters-print": (("letters",), lambda _: ()),
    "policies": (("nurse", "policy_editor"), lambda _: ()),
    "governing": (("nurse",), lambda _: ()),
    "policy": (("nurse",), lambda _: TPI[:1]),
    "policy-version": (("nurse", "policy_editor"), lambda _: TPI),
    "policy-public": ((), lambda _: TPI[:1]),
    "policy-replay": (("policy_editor", "auditor"), lambda _: TPI),
    "replay-run": (("policy_editor", "auditor"), lambda at: (at.replay,)),
    "code-sets": (("admin",), lambda _: ()),
    "codes": (("admin",), lambda _: ("procedure",)),
    "code": (("admin",), lambda _: ("20553",)),
    "code-new": (("admin",), lambda _: ()),
    "code-import": (("admin",), lambda _: ()),
    "code-import-preview": (("admin",), lambda at: (at.token,)),
}
# answers to a press, parts of a page, files; and pages whose own test looks at them
PARTS = {
    *("healthz", "sign-out", "take-next", "intake-autosave", "intake-members", "intake-diagnoses", "intake-services"),
    *("notes", "contacts", "amendments", "end-lines", "facts-confirm", "finding", "finding-fact", "cite", "proposals", "flag"),
    *("document-file", "document-page", "document-page-marks", "document-page-image", "sign-off-reason", "peer-to-peer"),
    *("summary-pdf", "letters-issue", "letter-draft-pdf", "letter-pdf", "letter-void", "letter-delivery", "letters-print-pdf"),
    *("code-end", "code-wording", "code-import-changes", "rest", "information-foreseen"),
    *("policies-archive", "policy-questionnaires", "policy-questionnaire", "policy-file"),
}


def names(patterns):
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from () if entry.namespace else names(entry.url_patterns)
        elif entry.name:
            yield entry.name


def test_every_address_is_listed():
    assert set(names(get_resolver().url_patterns)) == PAGES.keys() | PARTS


def brought(admin):
    """A file of codes whose preview is looked at."""
    keeper = Client()
    keeper.force_login(admin)
    file = SimpleUploadedFile("codes.csv", b"code,text\nM54.2,Cervicalgia\nM54.81,Another text\nwrong,No code\n")
    said = {"code_set": "diagnosis", "is_whole": "no", "effective_from": "2099-10-01", "file": file}
    answer = keeper.post(reverse("code-import"), said)
    return resolve(answer.url).kwargs["token"]


@pytest.fixture
def at(office):
    """A case in the middle of its life: asked about, two blocks with the director, one decided, a letter issued, others owed."""
    case = signed(referred(asked(ready("a"), lines=[1]), [2, 3, 4]), 4)
    nurse, intake, editor = (User.objects.get(username=name) for name in ("nurse", "intake", "policy_editor"))
    letter = issue_letter(letter_id=prepare_letters(case_id=case.pk, by=nurse)[0].pk, by=nurse)
    onset = Onset.objects.create(case=case, value="2025-08-10", stated_by=intake, stated_at=timezone.now())
    draft = start_case(by=intake, draft_key="draft", draft={}, channel="fax", received_at=None, received_reason="")
    replay = start_replay(version_id=PolicyVersion.objects.get(policy__slug=TPI[0]).pk, months=6, by=editor)
    return SimpleNamespace(
        reference=case.reference,
        replay=run_replay(run_id=replay.pk).pk,
        token=brought(User.objects.get(username="admin")),
        draft=draft.reference,
        onset=onset.pk,
        document=Document.objects.filter(case=case).first().pk,
        request=InformationRequest.objects.get(case=case).pk,
        letter=letter.pk,
    )


@pytest.mark.parametrize("role", ["", *EVERYBODY, "policy_editor", "admin"])
def test_axe_finds_nothing(office, at, live_server, role):
    page = sign_in_at_once(office, live_server, role)
    found = {}
    for name, (roles, arguments) in PAGES.items():
        if role in (roles or ("",)):
            answer = page.goto(reverse(name, args=arguments(at)))
            found[name] = answer.status, violations(page)
    assert {name: found[name] for name in found if found[name] != (200, [])} == {}


def test_axe_finds_nothing_in_the_administration(office, live_server):
    page = sign_in_at_once(office, live_server, "admin")
    found = {"index": (page.goto(reverse("admin:index")).status, violations(page))}
    for model in admin.site._registry:
        answer = page.goto(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        found[model._meta.label] = answer.status, violations(page) if answer.status == 200 else []
    assert {name: found[name] for name in found if found[name][1] != []} == {}
