"""Published policies in the shapes of others: FHIR questionnaires, and all of them in one zip. Reads only; drafts stay inside."""

import json
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .exchange.archive import archive
from .exchange.fhir import bundle, questionnaire
from .format import parse
from .models import PolicyVersion
from .queries import published_versions

FHIR_JSON = "application/fhir+json; fhirVersion=4.0"


@require_safe
def policy_questionnaires(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """All rules of a version as a FHIR Bundle."""
    found = _published(slug, version)
    return _fhir(bundle(parse(found.document), status=found.status, approved_on=_approved(found)), f"{slug}.json")


@require_safe
def policy_questionnaire(request: HttpRequest, slug: str, version: str, rule: str) -> HttpResponse:
    """One rule as a FHIR Questionnaire."""
    found = _published(slug, version)
    policy = parse(found.document)
    wanted = policy.rule(rule)
    if wanted is None:
        raise Http404(f"{policy.policy} has no rule {rule}.")
    return _fhir(questionnaire(policy, wanted, status=found.status, approved_on=_approved(found)), f"{slug}-{rule}.json")


@require_safe
def policies_archive(request: HttpRequest) -> HttpResponse:
    """Every version that was ever published, one file each."""
    pack = archive(published_versions().values_list("document", flat=True))
    return HttpResponse(pack, content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="policies.zip"'})


def _published(slug: str, version: str) -> PolicyVersion:
    found = published_versions().filter(policy__slug=slug, version=version).first()
    if found is None:
        raise Http404(f"There is no published version {version} of {slug}.")
    return found


def _approved(version: PolicyVersion) -> date | None:
    return timezone.localdate(version.approved_at) if version.approved_at else None


def _fhir(resource: dict[str, object], name: str) -> HttpResponse:
    text = json.dumps(resource, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type=FHIR_JSON, headers={"Content-Disposition": f'inline; filename="{name}"'})
