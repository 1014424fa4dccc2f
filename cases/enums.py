"""The closed lists of the review work: statuses, kinds, outcomes. Values are stored and travel in events: they are never renamed."""

from django.db.models import TextChoices


class CaseStatus(TextChoices):
    """Where the whole request stands; `open` shows the sum of its lines."""

    INTAKE = "intake", "Intake"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    DUPLICATE = "duplicate", "Duplicate"


class LineStatus(TextChoices):
    """Where one service line stands. Every open line is in exactly one queue."""

    NURSE_REVIEW = "nurse_review", "Nurse review"
    AWAITING_INFORMATION = "awaiting_information", "Waiting for information"
    PHYSICIAN_REVIEW = "physician_review", "With the director"
    PEER_TO_PEER = "peer_to_peer", "Peer-to-peer"
    DECIDED = "decided", "To notify"
    NOTIFIED = "notified", "Decided and notified"
    WITHDRAWN = "withdrawn", "Withdrawn"
    VOID = "void", "Void"
    NO_REVIEW_NEEDED = "no_review_needed", "No review needed"


class Queue(TextChoices):
    """Where work waits."""

    INTAKE = "intake", "Intake"
    NURSE = "nurse", "Nurse"
    INFORMATION = "information", "Waiting for information"
    DIRECTOR = "director", "With the director"
    NOTIFY = "notify", "To notify"


class Urgency(TextChoices):
    STANDARD = "standard", "Standard"
    EXPEDITED = "expedited", "Expedited"


class ReviewKind(TextChoices):
    """When the service is, seen from the request."""

    PRESERVICE = "preservice", "Before the service"
    CONCURRENT = "concurrent", "During the service"
    POSTSERVICE = "postservice", "After the service"


class Channel(TextChoices):
    FAX = "fax", "Fax"
    PHONE = "phone", "Phone"
    PORTAL = "portal", "Portal"
    MAIL = "mail", "Mail"
    EMAIL = "email", "Secure e-mail"


class LineOfBusinessLabel(TextChoices):
    """The policy format's lines of business with the words a screen shows."""

    COMMERCIAL = "commercial", "Commercial"
    ERISA_SELF_FUNDED = "erisa_self_funded", "ERISA self-funded"
    MARKETPLACE = "marketplace", "Marketplace"
    MEDICARE_ADVANTAGE = "medicare_advantage", "Medicare Advantage"
    MEDICAID = "medicaid", "Medicaid managed care"


class CertaintyLabel(TextChoices):
    CONFIRMED = "confirmed", "Confirmed"
    POSSIBLE = "possible", "Possible"


class SideLabel(TextChoices):
    LEFT = "left", "Left"
    RIGHT = "right", "Right"
    BILATERAL = "bilateral", "Both sides"


class TreatmentKind(TextChoices):
    """Kinds of care that treatment checks name; policies may name further kinds by their slug."""

    NSAID = "nsaid", "Anti-inflammatory medicine"
    ACETAMINOPHEN = "acetaminophen", "Acetaminophen"
    MUSCLE_RELAXANT = "muscle_relaxant", "Muscle relaxant"
    TOPICAL = "topical", "Cream or patch"
    ANTIDEPRESSANT = "antidepressant", "Antidepressant for pain"
    ANTICONVULSANT = "anticonvulsant", "Nerve pain medicine"
    OPIOID = "opioid", "Opioid"
    TRIPTAN = "triptan", "Migraine medicine"
    PHYSICAL_THERAPY = "physical_therapy", "Physical therapy"
    HOME_EXERCISE = "home_exercise", "Guided home exercise"
    MASSAGE = "massage", "Massage"
    HEAT_COLD = "heat_cold", "Heat or cold"
    CHIROPRACTIC = "chiropractic", "Chiropractic care"
    REST = "rest", "Rest"
    INJECTION = "injection", "Injection"
    OTHER = "other", "Other"


class TreatmentResponse(TextChoices):
    FAILED = "failed", "Did not help"
    PARTIAL = "partial", "Helped a little"
    HELPED = "helped", "Helped"
    NOT_TOLERATED = "not_tolerated", "Not tolerated"
    CONTRAINDICATED = "contraindicated", "Unsafe for the member"


class FindingLabel(TextChoices):
    """The five findings as a checklist row shows them."""

    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    UNCLEAR = "unclear", "Unclear"
    NOT_DOCUMENTED = "not_documented", "Not documented"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class FindingOrigin(TextChoices):
    """How a finding came about: chosen by hand, a check's proposal accepted, or a proposal overridden."""

    MANUAL = "manual", "Chosen by hand"
    ACCEPTED = "accepted", "Proposal accepted"
    OVERRIDE = "override", "Proposal overridden"


class Outcome(TextChoices):
    """A signed decision on a line. The last two are adverse."""

    APPROVED = "approved", "Approved"
    APPROVED_IN_PART = "approved_in_part", "Approved in part"
    DENIED = "denied", "Denied"


ADVERSE = frozenset({Outcome.APPROVED_IN_PART, Outcome.DENIED})


class DenialBasis(TextChoices):
    MEDICAL_NECESSITY = "medical_necessity", "Medical necessity"
    EXPERIMENTAL = "experimental", "Not proven by studies (experimental)"
    NO_INFORMATION = "no_information", "Information asked for did not come"
    BENEFIT = "benefit", "Benefit"
    ADMINISTRATIVE = "administrative", "Administrative"


class ItemStatus(TextChoices):
    """An item of an information request, tracked to receipt. `moot`: it stopped mattering."""

    OPEN = "open", "Open"
    PARTLY = "partly", "Partly received"
    RECEIVED = "received", "Received"
    WAIVED = "waived", "Waived"
    MOOT = "moot", "No longer needed"


class DocumentKind(TextChoices):
    CLINICAL_NOTE = "clinical_note", "Clinical note"
    THERAPY_NOTE = "therapy_note", "Therapy note"
    IMAGING = "imaging", "Imaging"
    TEST_RESULT = "test_result", "Test result"
    REQUEST_FORM = "request_form", "Request form"
    LETTER = "letter", "Letter"
    OTHER = "other", "Other"


class ContactKind(TextChoices):
    CALL = "call", "Call"
    VOICEMAIL = "voicemail", "Voicemail"
    FAX = "fax", "Fax"
    MAIL = "mail", "Mail"
    PORTAL = "portal", "Portal message"


class Party(TextChoices):
    MEMBER = "member", "Member"
    PRACTICE = "practice", "Practice"
    FACILITY = "facility", "Facility"
    OTHER = "other", "Someone else"


class LetterKind(TextChoices):
    """What a letter says. A request to the practice has its notice to the member."""

    APPROVAL = "approval", "Approval"
    DENIAL = "denial", "Denial"
    PARTIAL = "partial", "Decision in part"
    REQUEST = "request", "Request for information"
    REQUEST_NOTICE = "request_notice", "Notice of what we asked for"


class Recipient(TextChoices):
    MEMBER = "member", "Member"
    PRACTITIONER = "practitioner", "Practitioner"


class LetterStatus(TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"
    VOID = "void", "Void"


class DeliveryChannel(TextChoices):
    MAIL = "mail", "Mail"
    FAX = "fax", "Fax"
    PORTAL = "portal", "Portal"
    HAND = "hand", "Handed over"


class ClockKind(TextChoices):
    """What moves a deadline. Receipt starts it, notice ends it."""

    RECEIVED = "received", "Received"
    COMPLETE = "complete", "Complete"
    EXTENDED = "extended", "Extended"
    TOLLED = "tolled", "Stopped for information"
    RESUMED = "resumed", "Running again"
    NOTIFIED = "notified", "Notified"


class PeerOutcome(TextChoices):
    HELD = "held", "Held"
    DECLINED = "declined", "Declined"
    NOT_REACHED = "not_reached", "Not reached"
    WAIVED = "waived", "Not required"


class SignedAs(TextChoices):
    NURSE = "nurse", "UM nurse"
    MEDICAL_DIRECTOR = "medical_director", "Medical director"


class SignedWith(TextChoices):
    SESSION = "session", "Fresh session"
    PASSWORD = "password", "Password"


class Reading(TextChoices):
    """How far a document's text has been read."""

    PENDING = "pending", "Waiting"
    RUNNING = "running", "Reading"
    DONE = "done", "Read"
    FAILED = "failed", "Could not be read"


class CodeSet(TextChoices):
    """Which table of codes: our own rows of procedures, or a release of ICD-10-CM."""

    DIAGNOSIS = "diagnosis", "ICD-10-CM diagnoses"
    PROCEDURE = "procedure", "Procedure codes"
