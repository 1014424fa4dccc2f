"""What does not fit together on a line, or is missing: units, side, sites, code, duplicates, coverage, what the line is for.

Pure. Each flag brings its own question, so it can be asked for, resolved with a reason, or referred. What a criterion already asks
(the finding in each muscle, other procedures that day, earlier sessions) is not a flag. Nothing here decides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from .flag_facts import (
    Flag,
    FlagDiagnosis,
    FlagFamily,
    FlagLine,
    FlagMember,
    FlagSite,
    OtherRequest,
    count_by_name,
    count_per_side,
    fingerprint,
    plain,
    same_days,
    same_place,
    side_missing,
    side_of_modifiers,
    sides_agree,
    sides_of_sites,
    site_facts,
    units_allowed,
)
from .service_codes import CODE_OF_SITE, CODES_OF_NERVES, DIAGNOSES_OF_CODE, ONE_OF_A_DAY, SEED_CODES, CodeRule

__all__ = [
    "SEED_CODES",
    "CodeRule",
    "Flag",
    "FlagDiagnosis",
    "FlagFamily",
    "FlagLine",
    "FlagMember",
    "FlagSite",
    "OtherRequest",
    "flags",
    "open_flags",
]


def flags(
    line: FlagLine,
    siblings: Sequence[FlagLine],
    member: FlagMember,
    codes: Mapping[str, CodeRule],
    *,
    others: Sequence[OtherRequest] = (),
    received_on: date | None = None,
) -> tuple[Flag, ...]:
    """The flags of a line, open or resolved, at most one of a key. `siblings`: open or approved lines of its case, with or without it."""
    rest = [other for other in siblings if other.number != line.number]
    rule = codes.get(line.code)
    found: list[Flag | None] = []
    if rule is not None:
        found += [
            _side(line, rule),
            _units(line, rule),
            _sites(line, rule),
            _site_of_another_code(line, rule),
            _one_of_a_day(line, rest, rule),
        ]
        found.append(_another_problem(line, rule))
    found += [_repeated(line, rest), _duplicate(line, others, received_on), _coverage(line, member, received_on)]
    return tuple(flag for flag in found if flag is not None)


def open_flags(found: Iterable[Flag], resolved: Collection[tuple[str, str]]) -> tuple[Flag, ...]:
    """Flags without a resolution (key, fingerprint) of just these facts."""
    return tuple(flag for flag in found if (flag.key, flag.fingerprint) not in resolved)


# ---- side and units -------------------------------------------------------------------------------------------------------------
def _side(line: FlagLine, rule: CodeRule) -> Flag | None:
    """Codes asked for by side. Missing side and too many units are one question: the side usually explains the units."""
    if not rule.per_side:
        return None
    sites, modifier = sides_of_sites(line), side_of_modifiers(line)
    without = [site.name for site in line.sites if not site.side]
    facts = [line.code, line.units, line.modifiers, site_facts(line)]
    what, extra = _named(rule), _units_beyond(line, rule)
    if modifier is None and (without or not sites):
        which = f"the {_and(without)}" if without else line.code
        count = f", and {line.units} units are asked for" if extra else ""
        ask = {"en": f"Which side: left, right or both ({what['en']})", "es": f"Qué lado: izquierdo, derecho o ambos ({what['es']})"}
        if extra:
            ask["en"] += ". If both sides, one line for both is enough; if not, what the units stand for"
            ask["es"] += ". Si son ambos lados, basta una línea para los dos; si no, qué representan las unidades"
        return Flag(
            "side",
            "Which side?" if not extra else "Which side, and what are the units?",
            ask,
            f"Side of {which} is not stated{count}.",
            fingerprint("side", facts),
            FlagFamily.SIDE,
            (
                ("side_in_record", "The record names the side"),
                ("practice_said", "The practice told us"),
                ("same_either_way", "Makes no difference to this decision"),
            ),
            _one_line(line) if extra else "",
        )
    if modifier is not None and sites and not sides_agree(sites, modifier):
        return Flag(
            "side",
            "Which side holds?",
            {
                "en": f"Which side holds: the sites and the modifier do not agree ({what['en']})",
                "es": f"Qué lado es el correcto: los sitios y el modificador no coinciden ({what['es']})",
            },
            f"Sites of {line.code} say {_and(sorted(sites))}, the modifier says {modifier.value}.",
            fingerprint("side", facts),
            FlagFamily.SIDE,
            (("side_in_record", "The record names the side"), ("practice_said", "The practice told us")),
        )
    return None


def _units(line: FlagLine, rule: CodeRule) -> Flag | None:
    """More units than the code allows on the line's days, or than nerves and sides are named."""
    if not _units_beyond(line, rule) or (rule.per_side and side_missing(line)):
        return None
    what = _named(rule)
    if rule.per_side:
        sentence = f"{line.units} units of {line.code} are asked for; the sites and sides named account for {units_allowed(line, rule)}."
        ask = {
            "en": f"What the {line.units} units stand for: each nerve or joint, with its side and date ({what['en']})",
            "es": f"Qué representan las {line.units} unidades: cada nervio o articulación, con su lado y fecha ({what['es']})",
        }
    else:
        sentence = f"{line.code} counts once per visit; {line.units} units are asked for."
        ask = {
            "en": f"The date of each visit: the care counts once per visit, and {line.units} are asked for ({what['en']})",
            "es": f"La fecha de cada visita: la atención cuenta una vez por visita, y se piden {line.units} ({what['es']})",
        }
    return Flag(
        "units",
        "What are the units?",
        ask,
        sentence,
        fingerprint(
            "units",
            [line.code, line.units, line.modifiers, site_facts(line), line.first_service, line.last_service, rule.max_units_per_day],
        ),
        FlagFamily.UNITS,
        (
            ("units_in_record", "The record shows what the units are"),
            ("separate_visits", "The units are separate visits"),
            ("practice_said", "The practice told us"),
        ),
        _one_line(line) if rule.per_side else f"One unit of {line.code} for each visit, with its date.",
    )


def _units_beyond(line: FlagLine, rule: CodeRule) -> bool:
    return line.units > units_allowed(line, rule)


def _one_line(line: FlagLine) -> str:
    return f"If both sides: one line of {line.code} with modifier 50 and 1 unit."


# ---- sites and codes ------------------------------------------------------------------------------------------------------------
def _sites(line: FlagLine, rule: CodeRule) -> Flag | None:
    """Names against the code's bounds, counted both ways: left and right of a muscle usually count as two, so one fit is enough."""
    by_name, by_side = count_by_name(line), count_per_side(line, None)
    too_few = rule.min_sites is not None and max(by_name, by_side) < rule.min_sites
    too_many = rule.max_sites is not None and by_name > rule.max_sites
    if not too_few and not too_many:
        return None
    what = _named(rule)
    ask = {
        "en": f"Each muscle or nerve to be treated, by name and side ({what['en']})",
        "es": f"Cada músculo o nervio que se tratará, con su nombre y lado ({what['es']})",
    }
    if not line.sites:
        sentence, question = f"Sites of {line.code} are not named.", "Which sites?"
    else:
        bound = f"at least {rule.min_sites}" if too_few else f"at most {rule.max_sites}"
        count = f"{by_name}" if by_name == by_side else f"{by_name}, or {by_side} counted per side"
        sentence, question = f"{line.code} is for {bound} muscles or nerves; {count} named.", "Do the code and the sites fit together?"
    return Flag(
        "sites",
        question,
        ask,
        sentence,
        fingerprint("sites", [line.code, site_facts(line), rule.min_sites, rule.max_sites]),
        FlagFamily.SITE,
        (
            ("sites_in_record", "The record names the sites"),
            ("practice_said", "The practice told us"),
            ("counts_as_coded", "Counted as the code has it"),
        ),
    )


def _site_of_another_code(line: FlagLine, rule: CodeRule) -> Flag | None:
    """A nerve that is coded otherwise. Muscles are never looked at: any muscle goes with its code."""
    other = {site.name: CODE_OF_SITE[plain(site.name)] for site in line.sites if CODE_OF_SITE.get(plain(site.name), line.code) != line.code}
    if line.code not in CODES_OF_NERVES or not other:
        return None
    what = _named(rule)
    return Flag(
        "site_code",
        "Do the code and the nerve fit together?",
        {
            "en": f"Which nerve is to be treated: the nerve and the code asked for do not fit together ({what['en']})",
            "es": f"Qué nervio se tratará: el nervio y el código solicitado no corresponden ({what['es']})",
        },
        "; ".join(f"{name} is named under {line.code} and goes with {code}" for name, code in sorted(other.items())) + ".",
        fingerprint("site_code", [line.code, site_facts(line)]),
        FlagFamily.CODE,
        (("code_right", "The code is right for this nerve"), ("practice_said", "The practice told us")),
    )


def _one_of_a_day(line: FlagLine, rest: Sequence[FlagLine], rule: CodeRule) -> Flag | None:
    pairs = [group for group in ONE_OF_A_DAY if line.code in group]
    clash = sorted({other.code for other in rest for group in pairs if other.code in group - {line.code} and same_days(line, other)})
    if not clash:
        return None
    what = _named(rule)
    return Flag(
        "one_code_a_day",
        "Which one of the codes?",
        {
            "en": f"Which one is to be given on that day, and into which muscles: both are asked for, and only one counts ({what['en']})",
            "es": f"Cuál se dará ese día y en qué músculos: se piden ambas y solo una cuenta ({what['es']})",
        },
        f"{line.code} and {_and(clash)} are asked for on one day; only one of them counts.",
        fingerprint("one_code_a_day", [line.code, clash, line.first_service, line.last_service]),
        FlagFamily.CODE,
        (("other_day", "They are on different days"), ("practice_said", "The practice told us which")),
    )


def _another_problem(line: FlagLine, rule: CodeRule) -> Flag | None:
    """No diagnosis of the line belongs to the part of the body that the code treats. A line without one is the policy's question."""
    patterns = DIAGNOSES_OF_CODE.get(line.code)
    listed = sorted({each.code.upper() for each in line.diagnoses})
    if not patterns or not listed or any(_matches(code, pattern) for code in listed for pattern in patterns):
        return None
    what = _named(rule)
    return Flag(
        "diagnosis",
        "What is the line for?",
        {
            "en": f"The problem that this care is for: those on the request are about another part of the body ({what['en']})",
            "es": f"El problema para el que es esta atención: los de la solicitud son de otra parte del cuerpo ({what['es']})",
        },
        f"{_and(listed)} {'is' if len(listed) == 1 else 'are'} not what {line.code} is usually for.",
        fingerprint("diagnosis", [line.code, listed]),
        FlagFamily.DIAGNOSIS,
        (
            ("in_record", "The record says what it is for"),
            ("practice_said", "The practice told us"),
            ("fits_here", "It fits for this member"),
        ),
    )


# ---- duplicates and coverage ----------------------------------------------------------------------------------------------------
REPEAT_DAYS = 30  # undated requests that came within this many days of each other may be one


def _repeated(line: FlagLine, rest: Sequence[FlagLine]) -> Flag | None:
    same = sorted(other.number for other in rest if other.code == line.code and same_days(line, other) and same_place(line, other))
    if not same:
        return None
    return _twice(
        line, "repeated_line", f"Line {_and([str(number) for number in same])} asks for {line.code} too, on the same day and place.", same
    )


def _duplicate(line: FlagLine, others: Sequence[OtherRequest], received_on: date | None) -> Flag | None:
    same = sorted({other.reference for other in others if other.line.code == line.code and _may_repeat(line, other, received_on)})
    if not same:
        return None
    verb = "asks" if len(same) == 1 else "ask"
    return _twice(line, "duplicate", f"{_and(same)} {verb} for {line.code} for this member too.", same)


def _twice(line: FlagLine, key: str, sentence: str, same: Sequence[object]) -> Flag:
    return Flag(
        key,
        "Is this asked for twice?",
        {
            "en": "Whether this is the same care as another request we have for this member; if not, what is different",
            "es": "Si esta es la misma atención que otra solicitud que tenemos de esta persona; si no, qué es diferente",
        },
        sentence,
        fingerprint(key, [line.code, site_facts(line), line.first_service, line.last_service, list(same)]),
        FlagFamily.DUPLICATE,
        (
            ("another_service", "Another day, side or site"),
            ("replaces", "Takes the place of the other"),
            ("practice_said", "The practice told us"),
        ),
    )


def _may_repeat(line: FlagLine, other: OtherRequest, received_on: date | None) -> bool:
    if not same_place(line, other.line):
        return False
    if line.first_service and other.line.first_service:
        return same_days(line, other.line)
    return received_on is not None and other.received_on is not None and abs(received_on - other.received_on) <= timedelta(days=REPEAT_DAYS)


def _coverage(line: FlagLine, member: FlagMember, received_on: date | None) -> Flag | None:
    first = line.first_service or received_on
    last = line.last_service or first
    if first is None or last is None:
        return None
    if member.eligible_from and first < member.eligible_from:
        sentence = f"Coverage began on {_day(member.eligible_from)}, after {_day(first)}."
    elif member.eligible_until and last > member.eligible_until:
        sentence = f"Coverage ended on {_day(member.eligible_until)}, before {_day(last)}."
    else:
        return None
    return Flag(
        "eligibility",
        "Is the member covered on the day?",
        {
            "en": "The day of the care, or proof of coverage on that day: our records show no coverage then",
            "es": "El día de la atención, o prueba de cobertura ese día: nuestros registros no muestran cobertura entonces",
        },
        sentence,
        fingerprint("eligibility", [first, last, member.eligible_from, member.eligible_until]),
        FlagFamily.ELIGIBILITY,
        (("covered", "Coverage on that day was confirmed"), ("date_moved", "The day of the care was moved")),
    )


# ---- small things ---------------------------------------------------------------------------------------------------------------
def _matches(code: str, pattern: str) -> bool:
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


def _named(rule: CodeRule) -> dict[str, str]:
    english = rule.lay_name.get("en", rule.code)
    return {"en": english, "es": rule.lay_name.get("es", english)}


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
