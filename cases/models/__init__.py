"""The models of the review work, one module per kind of thing. What can never be false is a constraint here or a trigger in triggers.py."""

from .case import Case, Contact, Note, WorkItem
from .clock import ClockEntry, TurnaroundRule
from .code import DiagnosisCode, ServiceCode
from .code_import import CodeImport
from .determination import Determination
from .document import Document, DocumentPage, PageOpening
from .event import CaseEvent
from .fact import Diagnosis, Examination, Fact, Onset, Score, Session, Treatment
from .finding import Evidence, Finding
from .letter import Delivery, Letter, LetterFile, LetterText
from .line import Amendment, FlagResolution, ServiceLine, Site
from .people import Member, Plan, Practitioner
from .replay import DecidedLine, ReplayLine, ReplayRun
from .request import InformationRequest, PeerToPeer, Referral, RequestItem

__all__ = [
    "Amendment",
    "Case",
    "CaseEvent",
    "ClockEntry",
    "CodeImport",
    "Contact",
    "DecidedLine",
    "Delivery",
    "Determination",
    "Diagnosis",
    "DiagnosisCode",
    "Document",
    "DocumentPage",
    "Evidence",
    "Examination",
    "Fact",
    "Finding",
    "FlagResolution",
    "InformationRequest",
    "Letter",
    "LetterFile",
    "LetterText",
    "Member",
    "Note",
    "Onset",
    "PageOpening",
    "PeerToPeer",
    "Plan",
    "Practitioner",
    "Referral",
    "ReplayLine",
    "ReplayRun",
    "RequestItem",
    "Score",
    "ServiceCode",
    "ServiceLine",
    "Session",
    "Site",
    "Treatment",
    "TurnaroundRule",
    "WorkItem",
]
