"""The closed lists of the policy format. Words here travel in files and databases: they are never renamed."""

from enum import StrEnum


class LineOfBusiness(StrEnum):
    """Which body of rules a member's coverage falls under."""

    COMMERCIAL = "commercial"
    ERISA_SELF_FUNDED = "erisa_self_funded"
    MARKETPLACE = "marketplace"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"


LINE_LABELS = {  # on screen
    LineOfBusiness.COMMERCIAL: "Commercial",
    LineOfBusiness.ERISA_SELF_FUNDED: "ERISA self-funded",
    LineOfBusiness.MARKETPLACE: "Marketplace",
    LineOfBusiness.MEDICARE_ADVANTAGE: "Medicare Advantage",
    LineOfBusiness.MEDICAID: "Medicaid managed care",
}


class Basis(StrEnum):
    """What kind of authority a policy has, strongest first."""

    NCD = "ncd"
    LCD = "lcd"
    PLAN_POLICY = "plan_policy"
    GUIDELINE = "guideline"


BASIS_RANK = {Basis.NCD: 1, Basis.LCD: 2, Basis.PLAN_POLICY: 3, Basis.GUIDELINE: 4}


class Authority(StrEnum):
    """Who may certify criteria that are met."""

    NURSE = "nurse"
    PHYSICIAN = "physician"


class Family(StrEnum):
    """Which kind of question a criterion asks; decides the basis of an adverse decision and its letter."""

    MEDICAL_NECESSITY = "medical_necessity"
    EXPERIMENTAL = "experimental"
    BENEFIT_LIMIT = "benefit_limit"
    CONCURRENCY = "concurrency"


class EvidenceRule(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"


class ReferenceKind(StrEnum):
    POLICY = "policy"
    GUIDELINE = "guideline"
    RESEARCH = "research"
    REGULATION = "regulation"


class Leans(StrEnum):
    SUPPORTS = "supports"
    LIMITS = "limits"


class GroupKind(StrEnum):
    ALL = "all"
    ANY = "any"
    AT_LEAST = "at_least"
    NONE = "none"


class FindingValue(StrEnum):
    """What a reviewer found for one criterion. Unanswered is no finding (None)."""

    MET = "met"
    NOT_MET = "not_met"
    UNCLEAR = "unclear"
    NOT_DOCUMENTED = "not_documented"
    NOT_APPLICABLE = "not_applicable"


class Value(StrEnum):
    """The value of a whole rule."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"


class Next(StrEnum):
    """The step an assessment proposes. There is no `deny`: people deny."""

    APPROVE = "approve"
    REFER = "refer"
    CONTINUE = "continue"
    REQUEST_INFORMATION = "request_information"


class ReviewType(StrEnum):
    PRESERVICE = "preservice"
    CONCURRENT = "concurrent"
    POSTSERVICE = "postservice"


class Certainty(StrEnum):
    CONFIRMED = "confirmed"
    POSSIBLE = "possible"


class Response(StrEnum):
    """How a treatment trial went."""

    FAILED = "failed"
    PARTIAL = "partial"
    HELPED = "helped"
    NOT_TOLERATED = "not_tolerated"
    CONTRAINDICATED = "contraindicated"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    BILATERAL = "bilateral"


class SessionSource(StrEnum):
    APPROVED = "approved"
    REPORTED = "reported"


class VersionStatus(StrEnum):
    """The life of a policy version."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"
