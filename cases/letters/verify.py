"""Whether an issued letter is still what it was: bytes and context have their hashes, and drawing it again gives its bytes."""

from authreview.canonical import sha256
from cases.models import Letter
from cases.queries.letters import letter_bytes

from .context import TEMPLATE_VERSION, html_of
from .render import RENDERER, pdf_of


def letter_faults(letter: Letter) -> list[str]:
    """What does not hold, in sentences; empty for a sound letter. A letter of an older renderer is compared by its hashes alone."""
    pdf = letter_bytes(letter)
    if pdf is None:
        return ["its file is missing"]
    faults = []
    if sha256(pdf) != letter.pdf_sha256:
        faults.append("its file is not the one that was issued")
    if sha256(letter.context) != letter.context_digest:
        faults.append("its context is not the one that was issued")
    if not faults and drawn_here(letter) and pdf_of(html_of(letter.context)) != pdf:
        faults.append("drawing its context again gives another file")
    return faults


def drawn_here(letter: Letter) -> bool:
    """Whether this installation draws as the one that issued the letter did."""
    return letter.versions.get("renderer") == RENDERER and letter.versions.get("template") == TEMPLATE_VERSION
