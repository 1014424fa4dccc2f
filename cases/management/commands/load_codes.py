"""What a new installation starts with: ICD-10-CM, procedure codes in our own words, turnaround rules. Adds what is missing, no more."""

import warnings
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cases.intake_problems import DIAGNOSIS_CODE
from cases.models import DiagnosisCode, ServiceCode, TurnaroundRule
from cases.service_codes import SEED_CODES
from cases.turnaround import SEED_RULES

FISCAL_YEAR = date(2025, 10, 1)  # the package ships the release of April 2026, which brings the fiscal year that began here up to date
KEPT_FROM = date(2020, 1, 1)  # no request older than this is kept
AT_ONCE = 5000
# what reviewers call them, in our own words
SHORT_NAMES = {
    "20552": "Trigger point injections",
    "20553": "Trigger point injections",
    "20610": "Large joint injection",
    "64400": "Trigeminal branch block",
    "64405": "Occipital block",
    "64450": "Other nerve block",
    "64615": "Botulinum toxin for migraine",
}


class Command(BaseCommand):
    help = "Load ICD-10-CM (codes that can be billed), procedure codes and turnaround rules where they are missing. Can be run again."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        counts = {"diagnosis codes": load_diagnoses(), "procedure codes": load_services(), "turnaround rules": load_turnaround()}
        if options["verbosity"]:
            self.stdout.write("; ".join(f"{count} {what} added" for what, count in counts.items()) + ".")


def load_diagnoses() -> int:
    """The leaves of the tabular list: what stands above them cannot be billed."""
    if DiagnosisCode.objects.filter(effective_from=FISCAL_YEAR).exists():
        return 0
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # it reads its files the old way
        import simple_icd_10_cm  # noqa: PLC0415  # 1.7 s and 190 MB: for this command alone
    every = dict.fromkeys(code for code in simple_icd_10_cm.get_all_codes(with_dots=True) if DIAGNOSIS_CODE.fullmatch(code))
    rows = [
        DiagnosisCode(code=code, text=simple_icd_10_cm.get_description(code), effective_from=FISCAL_YEAR)
        for code in every
        if simple_icd_10_cm.is_leaf(code)
    ]
    return len(DiagnosisCode.objects.bulk_create(rows, batch_size=AT_ONCE))


def load_services() -> int:
    known = set(ServiceCode.objects.values_list("code", flat=True))
    rows = [
        ServiceCode(**asdict(rule), name=SHORT_NAMES[rule.code], effective_from=KEPT_FROM) for rule in SEED_CODES if rule.code not in known
    ]
    return len(ServiceCode.objects.bulk_create(rows))


def load_turnaround() -> int:
    """A rule whose place in the table is taken stays as the administrator has it."""
    place = ("line_of_business", "state", "review_type", "urgency", "effective_from")
    known = set(TurnaroundRule.objects.values_list(*place))
    rows = [TurnaroundRule(**_columns(rule)) for rule in SEED_RULES if tuple(getattr(rule, name) for name in place) not in known]
    return len(TurnaroundRule.objects.bulk_create(rows))


def _columns(rule: Any) -> dict[str, Any]:
    values = asdict(rule)
    return values | {"extension_reasons": list(values["extension_reasons"])}
