"""The administration of the review work: plans, codes, turnaround rules and letter texts are kept here; cases are looked at alone."""

from .codes import CodeImportAdmin, DiagnosisCodeAdmin, ServiceCodeAdmin
from .letter_texts import LetterTextAdmin
from .looked_at import CaseAdmin, CaseEventAdmin, LetterAdmin
from .plans import PlanAdmin
from .start_page import start
from .turnaround import TurnaroundRuleAdmin

__all__ = [
    "CaseAdmin",
    "CaseEventAdmin",
    "CodeImportAdmin",
    "DiagnosisCodeAdmin",
    "LetterAdmin",
    "LetterTextAdmin",
    "PlanAdmin",
    "ServiceCodeAdmin",
    "TurnaroundRuleAdmin",
    "start",
]
