"""Letters of decisions: approval, denial, and both in one. One row and one reason per line; equal reasons are said once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from authreview.models import User
from cases.enums import ADVERSE, DenialBasis, FindingLabel, FindingOrigin, LetterKind, Outcome, Recipient, SignedAs
from cases.models import Determination, Finding, ServiceLine
from cases.queries.decide import deciding_criteria, what_could_change
from cases.queries.letters import LetterMaterial
from cases.queries.lines import LineReview
from cases.wording import joined
from criteria.enums import LineOfBusiness
from criteria.tree import Criterion

from .context import Block, CriterionRow, Expected, LetterContext, LetterDraft, Part, Quote, Reason, Row, Together
from .frame import Frame, blank_letter, frame_of
from .frame import with_inside as inside
from .wanted import Wanted
from .wording_texts import Paragraph, paragraph_of
from .words import amount, span

TONE = {Outcome.APPROVED: "yes", Outcome.APPROVED_IN_PART: "part", Outcome.DENIED: "no"}
MEDICARE = LineOfBusiness.MEDICARE_ADVANTAGE


def decision_letter(material: LetterMaterial, wanted: Wanted, now: datetime) -> LetterDraft:
    """The letter of these determinations to this recipient, as of now. One query, for the texts."""
    frame = frame_of(material, wanted, now)
    told = [(_line(material, each), each) for each in wanted.determinations]
    if wanted.recipient == Recipient.MEMBER:
        letter = _to_member(frame, told)
    else:
        letter = _to_practitioner(frame, told)
    return LetterDraft(letter, _expected(frame, told), dict(frame.texts.used))


Told = tuple[ServiceLine, Determination]


def _line(material: LetterMaterial, determination: Determination) -> ServiceLine:
    return next(line for line in material.record.lines if line.pk == determination.line_id)


def _adverse(told: Iterable[Told]) -> list[Told]:
    return [(line, each) for line, each in told if each.outcome in ADVERSE]


# ---- to the member --------------------------------------------------------------------------------------------------------------
def _to_member(frame: Frame, told: list[Told]) -> LetterContext:
    adverse = _adverse(told)
    reasons, numbers = _reasons(frame, adverse)
    parts, closing = _member_parts(frame, told)
    free_copies = frame.section("free_copies") if adverse else None
    return inside(
        blank_letter(frame, frame.say(_title_key(frame))),
        opening=_opening(frame, told),
        rows=tuple(_row(frame, line, each, numbers.get(line.pk, 0)) for line, each in told),
        reasons=reasons,
        policy=(*_policy(frame, adverse), *(free_copies.paragraphs if free_copies else ())) if adverse else (),
        change=_changes(frame, adverse),
        parts=parts,
        signature=_signature([each for _, each in adverse]),
        closing=closing,
    )


def _title_key(frame: Frame) -> str:
    suffix = "_medicare" if frame.case.line_of_business == MEDICARE else "_past" if frame.is_past else ""
    return f"{frame.wanted.kind}_title{suffix}"


def _opening(frame: Frame, told: list[Told]) -> tuple[Paragraph, ...]:
    directors = any(each.signed_as == SignedAs.MEDICAL_DIRECTOR for _, each in told)
    return (paragraph_of(f"{frame.asking} {frame.say('both' if directors else 'nurse')}"),)


def _row(frame: Frame, line: ServiceLine, each: Determination, reason: int) -> Row:
    covers: list[str] = []
    if each.outcome != Outcome.DENIED:
        covers = [f"{amount(each.approved_units, frame.language)}, {_dates(frame, each)}.", frame.say("number", each.authorization_number)]
    if each.outcome == Outcome.APPROVED_IN_PART:
        covers.append(frame.say("rest_reason", reason))
    elif each.outcome == Outcome.DENIED:
        if line.first_service:
            covers.append(frame.say("given" if frame.is_past else "planned", frame.day(line.first_service)))
        covers.append(frame.say("see_reason", reason))
    return Row(frame.care(line), frame.say(each.outcome), TONE[Outcome(each.outcome)], tuple(covers))


def _dates(frame: Frame, each: Determination) -> str:
    if each.valid_from is None or each.valid_through is None:
        return ""
    return span(each.valid_from, each.valid_through, frame.language)


def _reasons(frame: Frame, adverse: list[Told]) -> tuple[tuple[Reason, ...], dict[int, int]]:
    """The reasons, numbered, and line -> its number. Lines with the same words share one."""
    cares: dict[str, list[str]] = {}
    numbers: dict[int, int] = {}
    for line, each in adverse:
        text = reason_text(each, frame.language)
        cares.setdefault(text, []).append(frame.care(line))
        numbers[line.pk] = list(cares).index(text) + 1
    reasons = tuple(
        Reason(number, joined(_small_after_first(names), frame.language), text)
        for number, (text, names) in enumerate(cares.items(), start=1)
    )
    return reasons, numbers


def reason_text(determination: Determination, language: str) -> str:
    """The reason that was signed, in the member's language; in English where it lacks one, which the lint refuses."""
    reasons = determination.member_reason
    return str(reasons.get(language) or reasons.get("en") or "")


def _small_after_first(names: list[str]) -> list[str]:
    return [name if number == 0 else name[:1].lower() + name[1:] for number, name in enumerate(dict.fromkeys(names))]


def _changes(frame: Frame, adverse: list[Told]) -> tuple[str, ...]:
    found = [text for line, each in adverse for text in what_could_change(frame.reviews[line.pk], each.basis, frame.language)]
    return tuple(dict.fromkeys(found))


def _policy(frame: Frame, told: list[Told]) -> tuple[Paragraph, ...]:
    names = dict.fromkeys(name for line, _ in told for name in _versions(frame, line))
    if names:
        said = frame.say("policy" if len(names) == 1 else "policies", f"** {frame.say('and_others')} **".join(names))
    else:
        said = frame.say("no_policy")
    provision = frame.plan.contact.get("provision")
    text = provision.get(frame.language) if isinstance(provision, dict) else provision
    return (paragraph_of(f"{said} {frame.say('provision', text)}" if text else said),)


def _versions(frame: Frame, line: ServiceLine) -> list[str]:
    return [frame.say("version", title=row["title"], version=row["version"]) for row in line.pinned]


def _member_parts(frame: Frame, told: list[Told]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Regulated parts before the signature, and after it."""
    approved = any(each.outcome != Outcome.DENIED for _, each in told)
    terms = "payment_terms" if frame.is_past else "approval_terms"
    questions = ["questions"] if frame.wanted.kind == LetterKind.APPROVAL else []
    closing = frame.part(*([terms] if approved else []), *questions, "language_help")
    if not _adverse(told):
        return (), (closing,)
    fast = () if frame.is_past else ("fast_appeal",)
    if frame.case.line_of_business == MEDICARE:
        return (
            frame.part("share_with_doctor"),
            frame.part("appeal", boxed=True),
            frame.part("representative", *fast, "how_to_appeal", "external_review", "regulator"),
        ), (closing,)
    return (
        frame.part("appeal", *fast, boxed=True),
        frame.part("how_to_appeal", "representative", "external_review", "regulator", "court", "doctor_can_talk"),
    ), (closing,)


def _signature(determinations: Iterable[Determination]) -> tuple[str, ...]:
    people: dict[int, User] = {each.signed_by_id: each.signed_by for each in determinations}
    return tuple(f"{person.signature}, {person.specialty}" if person.specialty else person.signature for person in people.values())


# ---- to the practitioner --------------------------------------------------------------------------------------------------------
TITLES = {
    LetterKind.APPROVAL: "{}: approved",
    LetterKind.PARTIAL: "{}: approved in part",
    LetterKind.DENIAL: "{}: not approved",
}


def _to_practitioner(frame: Frame, told: list[Told]) -> LetterContext:
    what = "Decision on your request for payment" if frame.is_past else "Decision on your prior authorization request"
    member = frame.member
    opening = (
        f"This is the decision on the request that we received from you on {frame.day(frame.case.received_at)} for {member.name}, "
        f"member {member.member_id}, born {frame.day(member.birth_date)}."
    )
    adverse = _adverse(told)
    terms = "practitioner_payment_terms" if frame.is_past else "practitioner_approval_terms"
    parts = [frame.part("peer_to_peer", boxed=True), frame.part("practitioner_appeal", "practitioner_copies")] if adverse else []
    if len(adverse) < len(told) or any(each.outcome == Outcome.APPROVED_IN_PART for _, each in adverse):
        parts.append(frame.part(terms))
    blocks, together = _said_once(told, [_block(frame, line, each) for line, each in told])
    copy = "The member gets a letter in plain words, with the appeal rights." if adverse else "The member gets a letter too."
    return inside(
        blank_letter(frame, TITLES[frame.wanted.kind].format(what)),
        opening=(paragraph_of(f"{opening} {copy}"),),
        rows=tuple(_practice_row(frame, line, each) for line, each in told),
        blocks=blocks,
        together=together,
        documents=tuple(_document(frame, each) for each in frame.material.documents),
        parts=tuple(parts),
        signature=_signed(frame, [each for _, each in told]),
    )


def _practice_row(frame: Frame, line: ServiceLine, each: Determination) -> Row:
    covers: tuple[str, ...] = ("Reason below.",)
    if each.outcome != Outcome.DENIED:
        covers = (f"{_units(each.approved_units)}, {_dates(frame, each)}.", f"Authorization {each.authorization_number}.")
    return Row(f"{frame.service(line)} ({line.code})", frame.say(each.outcome), TONE[Outcome(each.outcome)], covers)


def _block(frame: Frame, line: ServiceLine, each: Determination) -> Block:
    review, adverse = frame.reviews[line.pk], each.outcome in ADVERSE
    rule = review.joined.base if review.joined else None
    rows = [_criterion(review, leaf, each) for leaf in review.criteria] if adverse else []
    bare = [row for row in rows if not (row.quotes or row.decides)]
    return Block(
        heading=f"Line {line.number}: {frame.service(line)} ({line.code})",
        facts=tuple(_facts(frame, line, each)),
        criteria=tuple(row for row in rows if row not in bare),
        rationale=each.rationale if adverse else "",
        circumstances=each.circumstances if adverse else "",
        alternatives=each.alternatives,
        change=_practice_changes(review, each) if adverse else (),
        notes=tuple(rule.notes_on_approval) if rule and each.outcome != Outcome.DENIED and not frame.is_past else (),
        unquoted=tuple(f"{row.text}: {row.finding.lower()}{f' ({row.note})' if row.note else ''}" for row in bare),
    )


ALIKE = ("Diagnoses", "Policy", "Basis", "Peer-to-peer")  # facts that are often those of every line
CIRCUMSTANCES = "Circumstances of the member that were considered"
CHANGE = "What could change this decision"
ALTERNATIVES = "Covered alternatives"


def _said_once(told: list[Told], blocks: list[Block]) -> tuple[tuple[Block, ...], tuple[Together, ...]]:
    """The blocks without what all lines that were not approved have alike, and that by itself."""
    adverse = [number for number, (_, each) in enumerate(told) if each.outcome in ADVERSE]
    said = [_repeated(blocks[number]) for number in adverse]
    alike = {name: text for name, text in said[0].items() if text and all(other.get(name) == text for other in said)} if said else {}
    if len(adverse) < 2 or not alike:
        return tuple(blocks), ()
    for number in adverse:
        block = blocks[number]
        blocks[number] = replace(
            block,
            facts=tuple(fact for fact in block.facts if fact[0] not in alike),
            circumstances="" if CIRCUMSTANCES in alike else block.circumstances,
            change=() if CHANGE in alike else block.change,
            alternatives="" if ALTERNATIVES in alike else block.alternatives,
        )
    heading = f"Lines {joined([str(told[number][0].number) for number in adverse], 'en')} alike"
    return tuple(blocks), (Together(heading, tuple(alike.items())),)


def _repeated(block: Block) -> dict[str, str]:
    """What other lines often have in the same words."""
    facts = {name: text for name, text in block.facts if name in ALIKE}
    return facts | {CIRCUMSTANCES: block.circumstances, CHANGE: " ".join(block.change), ALTERNATIVES: block.alternatives}


OTHER_INDICATION = "Documentation of another indication for the service, one that the policy covers."


def _practice_changes(review: LineReview, each: Determination) -> tuple[str, ...]:
    """From the reasons alone: earlier treatment cannot undo an exclusion."""
    texts = [OTHER_INDICATION if leaf.id in review.exclusions else f"{leaf.ask['en']}." for leaf in deciding_criteria(review, each.basis)]
    return tuple(dict.fromkeys(texts))


def _facts(frame: Frame, line: ServiceLine, each: Determination) -> Iterable[tuple[str, str]]:
    sites = [str(site) for site in line.sites.all()]
    asked = [_units(each.requested_units), *sites]
    if line.first_service:
        asked.append(span(line.first_service, line.last_service or line.first_service, "en"))
    yield "Requested", "; ".join(asked)
    if diagnoses := [f"{row.code} {row.text}" for row in line.diagnoses.all()]:
        yield "Diagnoses", "; ".join(diagnoses)
    if each.outcome != Outcome.DENIED:
        yield "Approved", "; ".join([_units(each.approved_units), *each.approved_sites, _dates(frame, each)])
    sections = {rule.id: rule.name for rule in joined_rule.parts} if (joined_rule := frame.reviews[line.pk].joined) else {}
    policies = [_version_and_section(row, sections, frame.service(line)) for row in line.pinned]
    yield "Policy", "; ".join(policies) if policies else "No policy governs this service; decided on general medical necessity."
    if each.basis:
        yield "Basis", DenialBasis(each.basis).label
    peer = frame.material.peer_to_peers.get(line.pk)
    if peer is not None and each.outcome in ADVERSE:
        outcome = f"; {peer.get_outcome_display().lower()}" if peer.outcome else ""
        yield "Peer-to-peer", f"offered on {frame.day(peer.offered_at)}{outcome}"


def _version_and_section(pinned: Mapping[str, str], sections: Mapping[str, str], service: str) -> str:
    """A policy version; with its section, unless the heading above says that already."""
    section = sections.get(pinned["rule"], pinned["rule"])
    return f"{pinned['title']}, version {pinned['version']}" + (f", section “{section}”" if section != service else "")


def _units(number: int) -> str:
    return f"{number} unit{'' if number == 1 else 's'}"


def _criterion(review: LineReview, leaf: Criterion, each: Determination) -> CriterionRow:
    finding = review.findings.get(leaf.id)
    deciding = {one.id for one in deciding_criteria(review, each.basis)}
    return CriterionRow(
        text=leaf.text,
        finding=_finding_words(review, leaf, finding),
        decides=leaf.id in deciding,
        quotes=tuple(_quotes(finding)) if finding else (),
        note=finding.arithmetic if finding and finding.origin == FindingOrigin.ACCEPTED else "",
    )


def _finding_words(review: LineReview, leaf: Criterion, finding: Finding | None) -> str:
    if finding is None or finding.value is None:
        return "Not answered"
    if leaf.id in review.exclusions and finding.value in (FindingLabel.MET, FindingLabel.NOT_MET):
        return "Applies" if finding.value == FindingLabel.MET else "Does not apply"
    return str(FindingLabel(finding.value).label)


def _quotes(finding: Finding) -> Iterable[Quote]:
    for evidence in finding.evidence.all():
        yield Quote(" ".join(evidence.quote.split()), f"{evidence.document.title}, page {evidence.page}")


def _document(frame: Frame, document: object) -> str:
    title, on = getattr(document, "title", ""), getattr(document, "date", None)
    pages = getattr(document, "page_count", 0)
    count = f"{pages} page{'' if pages == 1 else 's'}"
    return f"{title}, {frame.day(on)}, {count}" if on else f"{title}, {count}"


def _signed(frame: Frame, determinations: list[Determination]) -> tuple[str, ...]:
    """Who decided, with the licence that the signature carries; that it was valid then goes without saying."""
    lines = []
    for each in determinations:
        licence, _, _ = each.licence.partition(", valid until")
        parts = (each.signed_by.signature, each.signed_by.specialty, f"licence {licence}" if licence else "")
        lines.append(f"{', '.join(part for part in parts if part)}. Signed {frame.day(each.signed_at)}.")
    return tuple(dict.fromkeys(lines))


# ---- what the lint looks for ----------------------------------------------------------------------------------------------------
def _expected(frame: Frame, told: list[Told]) -> Expected:
    """The criteria that each decision against the request rests on, as this letter words them."""
    criteria: list[tuple[str, str]] = []
    no_language: list[tuple[str, str]] = []
    member = frame.wanted.recipient == Recipient.MEMBER
    for line, each in _adverse(told):
        review = frame.reviews[line.pk]
        for leaf in deciding_criteria(review, each.basis):
            wording = (leaf.missing or {}) if each.basis == DenialBasis.NO_INFORMATION else leaf.reason
            criteria.append((leaf.text, wording.get(frame.language, "") if member else leaf.text))
        if member and not each.member_reason.get(frame.language):
            no_language.append((f"Line {line.number}", "reason"))
    return Expected(
        criteria=tuple(criteria),
        no_language=tuple(no_language),
        language=frame.member.language if member else "en",
        plan_id=frame.plan.pk,
        has_provision=bool(frame.plan.contact.get("provision")),
        past=frame.is_past,
    )
