"""Numbers in addresses, buttons and hidden fields, which any client may write as it likes. Fields that people fill in have forms."""

DIGITS = 18  # what the database's columns hold in any case


def whole_number(text: str) -> int | None:
    """The number that these digits write; None for anything else. str.isdigit() alone says yes to "²", and int() refuses 5,000 digits."""
    return int(text) if len(text) <= DIGITS and text.isascii() and text.isdigit() else None
