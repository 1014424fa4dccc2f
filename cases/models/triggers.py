"""Which rows the database freezes, and when; `install` puts the triggers there after every migrate."""

from django.db.backends.base.base import BaseDatabaseWrapper

from authreview import triggers
from authreview.models import AccessRecord
from authreview.triggers import Frozen, append_only
from criteria.models import Policy, PolicyEvent, PolicyVersion, RuleCode

from .case import Contact, Note
from .clock import ClockEntry, TurnaroundRule
from .code import DiagnosisCode, ServiceCode
from .code_import import CodeImport
from .determination import Determination
from .event import CaseEvent
from .finding import Evidence, Finding
from .letter import Delivery, Letter, LetterFile, LetterText
from .line import Amendment
from .replay import DecidedLine
from .request import Referral

_DECIDED = "EXISTS (SELECT 1 FROM cases_determination d WHERE d.line_id = {row}.line_id)"
_CITED = "EXISTS (SELECT 1 FROM cases_finding f JOIN cases_determination d ON d.line_id = f.line_id WHERE f.id = {row}.finding_id)"
_PUBLISHED = "EXISTS (SELECT 1 FROM criteria_policyversion v WHERE v.id = {row}.version_id AND v.published_at IS NOT NULL)"
_IN_USE = "OLD.effective_from <= CURRENT_DATE"
_FOLLOWED = "a code in use is closed and followed, not changed"

FROZEN: tuple[Frozen, ...] = (
    *(append_only(model) for model in (AccessRecord, PolicyEvent, CaseEvent, Amendment, Referral, Contact, Note)),
    *(append_only(model) for model in (Determination, DecidedLine, ClockEntry, LetterFile, Delivery, CodeImport)),
    Frozen(
        PolicyVersion,
        "a published policy version cannot be changed",
        when="OLD.published_at IS NOT NULL",
        but=("status", "in_force_until", "retired_by", "retired_at"),
        but_only="OLD.retired_at IS NULL AND NEW.status = 'retired'",  # it retires once, with its last day, and goes back nowhere
    ),
    Frozen(
        RuleCode,
        "the codes of a published policy version cannot be changed",
        when=_PUBLISHED.format(row="OLD"),
        on_insert=_PUBLISHED.format(row="NEW"),
    ),
    Frozen(Policy, "a policy keeps its short name", but=("event_count", "event_head")),
    Frozen(
        Letter,
        "an issued letter cannot be changed",
        when="OLD.issued_at IS NOT NULL",
        but=("status", "voided_at", "voided_by", "void_reason"),
    ),
    Frozen(
        LetterText, "approved wording is closed and followed, not changed", when="OLD.approved_at IS NOT NULL", but=("effective_until",)
    ),
    Frozen(
        TurnaroundRule,
        "a turnaround rule in use is closed and followed, not changed",
        when="OLD.effective_from <= CURRENT_DATE",
        but=("effective_until",),
    ),
    Frozen(ServiceCode, _FOLLOWED, when=_IN_USE, but=("effective_until", "ended_by", "ended_at")),
    Frozen(DiagnosisCode, _FOLLOWED, when=_IN_USE, but=("effective_until",)),
    Frozen(
        Finding,
        "the findings of a decided line cannot be changed",
        when=_DECIDED.format(row="OLD"),
        on_insert=_DECIDED.format(row="NEW"),
    ),
    Frozen(
        Evidence,
        "the evidence of a decided line cannot be changed",
        when=_CITED.format(row="OLD"),
        on_insert=_CITED.format(row="NEW"),
    ),
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Create or renew every trigger of the product. Idempotent."""
    triggers.install(connection, FROZEN)
