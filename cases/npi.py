"""National Provider Identifiers: ten digits whose last one checks the others. Pure; whether the number is anybody's is not asked here."""

PREFIX = "80840"  # the issuer of health identifiers in the United States, part of what the check digit covers (ISO 7812, 45 CFR 162.406)


def npi_problem(npi: str) -> str:
    """What is wrong with the number, in one sentence; empty where it passes the Luhn check behind 80840."""
    if not (npi.isascii() and npi.isdigit()):
        return "An NPI has ten digits and nothing else."
    if len(npi) != 10:
        return f"An NPI has ten digits; this one has {len(npi)}."
    if npi[0] not in "12":
        return "An NPI starts with 1 or 2."
    if _luhn(PREFIX + npi) != 0:
        return "This NPI does not pass its check digit: one of the digits is wrong, or two are swapped."
    return ""


def _luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10
