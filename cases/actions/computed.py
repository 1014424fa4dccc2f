"""What follows from the facts, kept on the line so that a checklist row needs no facts to be saved: proposals and flags.

Called at the end of every action that changes facts, lines, sessions or resolutions; over all open lines of the member, because a date
moved on one line changes what a check says of another.
"""

from collections.abc import Iterable
from typing import Any

from cases import flags as flag_rules
from cases import workflow
from cases.enums import CaseStatus
from cases.facts import check_facts, flag_line, flag_member, received_on
from cases.models import Case, ServiceLine
from cases.queries.codes import services_begun
from cases.queries.recorded import CaseRecord, case_record
from cases.queries.rules import joined_rule
from criteria import checks
from criteria.enums import FindingValue
from criteria.tree import Joined

STATED = "as stated, not confirmed"


def keep_computed(case: Case) -> None:
    """Bring proposals and flags of the member's undecided lines in line with the facts. Writes only rows that changed."""
    for each in _cases_of_member(case):
        record = case_record(each)
        codes = code_rules(line.code for line in record.lines)
        for line in record.lines:
            if line.status in workflow.UNDECIDED:
                _keep(record, line, codes)


def _cases_of_member(case: Case) -> list[Case]:
    if case.member_id is None:
        return []
    return list(Case.objects.filter(member_id=case.member_id, status=CaseStatus.OPEN).select_related("member", "plan"))


def _keep(record: CaseRecord, line: ServiceLine, codes: dict[str, flag_rules.CodeRule]) -> None:
    proposals = proposals_of(record, line)
    flags = flags_of(record, line, codes)
    standing = sum(1 for flag in flags if not flag["resolved"])
    if (line.proposals, line.flags, line.open_flags) != (proposals, flags, standing):
        line.proposals, line.flags, line.open_flags = proposals, flags, standing
        line.save(update_fields=["proposals", "flags", "open_flags"])


def code_rules(codes: Iterable[str]) -> dict[str, flag_rules.CodeRule]:
    """Unit and site rules of the codes that the service table knows."""
    rows = services_begun(set(codes)).values()
    return {
        row.code: flag_rules.CodeRule(
            code=row.code,
            lay_name=row.lay_name,
            max_units_per_day=row.max_units_per_day,
            per_side=row.per_side,
            min_sites=row.min_sites,
            max_sites=row.max_sites,
            verify=row.verify,
        )
        for row in rows
    }


def proposals_of(record: CaseRecord, line: ServiceLine) -> dict[str, dict[str, Any]]:
    """Criterion -> what its check proposes, on the confirmed facts and on all; where the two differ: unclear, as stated."""
    joined = joined_rule(line)
    if joined is None:
        return {}
    recorded = record.recorded(line)
    held = check_facts(record.case, recorded, confirmed_only=True)
    stated = check_facts(record.case, recorded, confirmed_only=False)
    return dict(_proposals(joined, held, stated))


def _proposals(joined: Joined, held: checks.CaseFacts, stated: checks.CaseFacts) -> Iterable[tuple[str, dict[str, Any]]]:
    for part in joined.parts:
        for leaf in Joined(part).criteria:
            if leaf.check is None:
                continue
            on_held, on_all = checks.propose(leaf.check, held, part.codes), checks.propose(leaf.check, stated, part.codes)
            if on_held.finding == on_all.finding:
                yield leaf.id, {"finding": on_all.finding.value, "arithmetic": on_all.arithmetic, "stated": ""}
            else:
                words = f"{STATED}: {on_all.arithmetic}"
                yield leaf.id, {"finding": FindingValue.UNCLEAR.value, "arithmetic": words, "stated": on_all.finding.value}


def flags_of(record: CaseRecord, line: ServiceLine, codes: dict[str, flag_rules.CodeRule]) -> list[dict[str, Any]]:
    """The line's flags as data, each with the reason it was resolved with, if its facts are still the same."""
    resolved = {(row.flag, row.fingerprint): row.reason for row in line.resolutions.all()}
    same_case = [row for row in record.others if row.case_id == line.case_id]
    found = flag_rules.flags(
        flag_line(line, line.sites.all(), line.diagnoses.all()),
        [flag_line(row, row.sites.all(), row.diagnoses.all()) for row in same_case],
        flag_member(record.case.member) if record.case.member else flag_rules.FlagMember(),
        codes,
        others=[_other_request(row) for row in record.others if row.case_id != line.case_id],
        received_on=received_on(record.case),
    )
    return [
        {
            "key": flag.key,
            "question": flag.question,
            "sentence": flag.sentence,
            "suggest": flag.suggest,
            "ask": dict(flag.ask),
            "fingerprint": flag.fingerprint,
            "family": flag.family.value,
            "resolutions": [list(pair) for pair in flag.resolutions],
            "resolved": resolved.get((flag.key, flag.fingerprint), ""),
        }
        for flag in found
    ]


def _other_request(row: ServiceLine) -> flag_rules.OtherRequest:
    return flag_rules.OtherRequest(row.case.reference, flag_line(row, row.sites.all(), row.diagnoses.all()), received_on(row.case))
