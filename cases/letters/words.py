"""The words around what was decided, in English and Spanish: headings, first sentences, amounts, dates. Regulated wording is LetterText."""

from collections.abc import Iterable, Mapping
from datetime import date

from cases.wording import MONTHS, joined, long_date

LANGUAGES = ("en", "es")

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "page": "Page",
        "of": "of",
        "reference": "Reference {}",
        "member_number": "Member {}",
        "care": "Care",
        "decision": "Decision",
        "covers": "What it covers",
        "approved": "Approved",
        "approved_in_part": "Approved in part",
        "denied": "Not approved",
        "approval_title": "We approved the care your doctor asked for",
        "partial_title": "We approved part of what your doctor asked for",
        "denial_title": "We did not approve the care your doctor asked for",
        "approval_title_past": "We approved the care you had",
        "partial_title_past": "We approved part of the care you had",
        "denial_title_past": "We did not approve the care you had",
        "approval_title_medicare": "We approved the care your doctor asked for",
        "partial_title_medicare": "Notice: we denied part of your medical coverage",
        "denial_title_medicare": "Notice: we denied your medical coverage",
        "request_notice_title": "We asked your doctor for more records",
        "asked": "Your doctor, {doctor}, asked us on {asked} to approve the care below.",
        "asked_past": "Your doctor, {doctor}, asked us on {asked} to approve the care below. You have had this care already.",
        "nurse": "A nurse on our staff looked at your records. This is what we decided.",
        "both": "A nurse and a doctor on our staff looked at your records. This is what we decided.",
        "notice_opening": "{asking} To decide, we need to know more. We have not said yes or no.",
        "notice_about": "What is the care?",
        "notice_items": "What did we ask your doctor for?",
        "reasons": "Why did we not approve all of it?",
        "reasons_all": "Why did we not approve it?",
        "planned": "Planned for {}.",
        "given": "Given on {}.",
        "see_reason": "Reason {} below.",
        "rest_reason": "The rest is not approved: reason {} below.",
        "policy": "We used our policy **{}**.",
        "policies": "We used our policies **{}**.",
        "provision": "The part of your plan that this comes from is {}.",
        "no_policy": "We have no written rule for this care. A doctor decided by what doctors agree is needed care.",
        "change": "What could change this decision?",
        "visit": "1 visit",
        "treatments": "{} treatments",
        "number": "Approval number {}.",
        "span": "{} to {}",
        "one_day": "on {}",
        "sites": "for {}",
        "version": "{title}, version {version}",
        "for_member": "for {}",
        "guardian": "To the parent or guardian of {}",
        "signed": "Decided by",
        "copy": "We sent a letter about this to your doctor too.",
        "and_others": "and",
    },
    "es": {
        "page": "Página",
        "of": "de",
        "reference": "Referencia {}",
        "member_number": "Miembro {}",
        "care": "Atención",
        "decision": "Decisión",
        "covers": "Qué cubre",
        "approved": "Aprobado",
        "approved_in_part": "Aprobado en parte",
        "denied": "No aprobado",
        "approval_title": "Aprobamos la atención que pidió su médico",
        "partial_title": "Aprobamos una parte de lo que pidió su médico",
        "denial_title": "No aprobamos la atención que pidió su médico",
        "approval_title_past": "Aprobamos la atención que usted recibió",
        "partial_title_past": "Aprobamos una parte de la atención que usted recibió",
        "denial_title_past": "No aprobamos la atención que usted recibió",
        "approval_title_medicare": "Aprobamos la atención que pidió su médico",
        "partial_title_medicare": "Aviso: negamos una parte de su cobertura médica",
        "denial_title_medicare": "Aviso: negamos su cobertura médica",
        "request_notice_title": "Pedimos más registros a su médico",
        "asked": "Su médico, {doctor}, nos pidió el {asked} que aprobáramos la atención siguiente.",
        "asked_past": "Su médico, {doctor}, nos pidió el {asked} que aprobáramos la atención siguiente. Usted ya recibió esta atención.",
        "nurse": "Nuestro personal de enfermería revisó sus registros médicos. Esto es lo que decidimos.",
        "both": "Nuestro personal de enfermería y un médico revisaron sus registros médicos. Esto es lo que decidimos.",
        "notice_opening": "{asking} Para decidir, necesitamos saber más. Todavía no hemos dicho que sí ni que no.",
        "notice_about": "¿Cuál es la atención?",
        "notice_items": "¿Qué le pedimos a su médico?",
        "reasons": "¿Por qué no la aprobamos toda?",
        "reasons_all": "¿Por qué no la aprobamos?",
        "planned": "Prevista para el {}.",
        "given": "Recibida el {}.",
        "see_reason": "Motivo {}, abajo.",
        "rest_reason": "El resto no está aprobado: motivo {}, abajo.",
        "policy": "Usamos nuestra política **{}**.",
        "policies": "Usamos nuestras políticas **{}**.",
        "provision": "Esto se basa en {}.",
        "no_policy": "No tenemos una regla escrita para esta atención. Un médico decidió según lo que los médicos consideran necesario.",
        "change": "¿Qué podría cambiar esta decisión?",
        "visit": "1 visita",
        "treatments": "{} tratamientos",
        "number": "Número de aprobación {}.",
        "span": "del {} al {}",
        "one_day": "el {}",
        "sites": "para {}",
        "version": "{title}, versión {version}",
        "for_member": "para {}",
        "guardian": "Al padre, a la madre o al tutor de {}",
        "signed": "Decidió",
        "copy": "También enviamos una carta sobre esto a su médico.",
        "and_others": "y",
    },
}

# how long the answer to an appeal takes, in days: before the service, after it. 29 CFR 2560.503-1(i), 42 CFR 422.590, 42 CFR 438.408
APPEAL_ANSWER: Mapping[str, tuple[int, int]] = {"medicaid": (30, 30)}
APPEAL_ANSWER_ELSEWHERE = (30, 60)
DAYS = {"en": "{} days", "es": "{} días"}

# Where on the body, in a member's words. A place that is not here is left out of a member's letter.
PLACES: Mapping[str, Mapping[str, str]] = {
    "trapezius": {"en": "shoulder", "es": "hombro"},
    "levator scapulae": {"en": "neck", "es": "cuello"},
    "rhomboid": {"en": "upper back", "es": "parte alta de la espalda"},
    "masseter": {"en": "jaw", "es": "mandíbula"},
    "latissimus dorsi": {"en": "back", "es": "espalda"},
    "cervical paravertebral": {"en": "neck", "es": "cuello"},
    "supraorbital nerve": {"en": "forehead", "es": "frente"},
    "supratrochlear nerve": {"en": "forehead", "es": "frente"},
    "greater occipital nerve": {"en": "back of the head", "es": "parte de atrás de la cabeza"},
    "lesser occipital nerve": {"en": "back of the head", "es": "parte de atrás de la cabeza"},
}


def said(language: str, key: str, *values: object, **named: object) -> str:
    return WORDS[language][key].format(*values, **named)


def placed(care: str, sites: Iterable[str], language: str) -> str:
    """The care with its places in a member's words: "Shots into tight, painful muscle spots (shoulder and jaw)"."""
    names = [PLACES[site][language] for site in sites if site in PLACES]
    places = [name for name in dict.fromkeys(names) if name not in care]
    return _capital(f"{care} ({joined(places, language)})" if places else care)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def amount(units: int, language: str) -> str:
    return said(language, "visit") if units == 1 else said(language, "treatments", units)


def span(first: date, last: date, language: str) -> str:
    """ "March 16 to June 13, 2026", "del 16 de marzo al 13 de junio de 2026"; one day by itself."""
    if first == last:
        return said(language, "one_day", long_date(first, language))
    if first.year != last.year:
        start = long_date(first, language)
    elif language == "es":
        start = f"{first.day} de {MONTHS['es'][first.month - 1]}"
    else:
        start = f"{MONTHS['en'][first.month - 1]} {first.day}"
    return said(language, "span", start, long_date(last, language))


def appeal_answer(line_of_business: str, *, past: bool, language: str) -> str:
    days = APPEAL_ANSWER.get(line_of_business, APPEAL_ANSWER_ELSEWHERE)[past]
    return DAYS[language].format(days)
