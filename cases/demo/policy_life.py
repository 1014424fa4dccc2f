"""Policies on their way, as a library has them on any day: one took over this week, one waits for approval, one is being written.

Their texts are the shipped ones with what the invented editor changed, so that comparing and replaying them has something to say.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from authreview.models import User
from criteria.actions import SHIPPED, approve, new_draft, publish, submit
from criteria.format import load
from criteria.places import JSON

from .calendar import Calendar

FOUR_WEEKS = {  # the whole of the change: who may get the shots sooner
    "6 weeks": "4 weeks",
    "6 semanas": "4 semanas",
    "Six weeks": "Four weeks",
    "from: 2026-01-05, to: 2026-02-15": "from: 2026-01-05, to: 2026-02-01",
    "from: 2026-01-05, to: 2026-02-14": "from: 2026-01-05, to: 2026-01-31",
}
NERVES_NAMED = {
    "Only the greater occipital nerve is named. Another occipital nerve goes to the director.": (
        "Only the greater occipital nerve is named. Another occipital nerve goes to the director, with the note that names it."
    ),
    "help: Stated as a diagnosis in the note for this block.": (
        "help: Stated as a diagnosis in the note for this block, or in one that it refers to."
    ),
}
PROGRAM = "        - id: program\n          text: The injections are one part"
SCORE = """        - id: baseline
          text: A pain or function score from before the injections
          help: Any scale, in the note or on a form, dated before the first set of this course.
          needs: ["A score with its scale and date"]
          ask: {en: "A pain or function score from before the injections, with its scale and date"}
          reason: {en: "Our rule asks for a score of your pain from before the shots. Your records show that none was taken."}
          cites: [asa-2010]
"""
ASKS_FOR_MORE = {  # unfinished: no Spanish, the examples do not know of it; and a replay says whom it would have cost a phone call
    PROGRAM: SCORE + PROGRAM,
    'at_least: "4 weeks"': 'at_least: "6 weeks"',
    "Four weeks is this plan's reading.": "Six weeks is this plan's reading.",
    "4 weeks as the shortest trial": "6 weeks as the shortest trial",
}


def load_life(calendar: Calendar, people: Mapping[str, User]) -> None:
    """Three next versions beside the published ones, through the same actions as any."""
    editor, approver = people["policy_editor"], people["policy_approver"]
    taken_over = _next("trigger-point-injections-medicaid", FOUR_WEEKS, calendar.ago(3, "09:00").date())
    draft = new_draft(document=taken_over, by=editor, at=calendar.ago(20, "10:10"))
    submit(version_id=draft.pk, by=editor, at=calendar.ago(16, "15:30"))
    approve(version_id=draft.pk, by=approver, at=calendar.ago(14, "11:05"))
    publish(version_id=draft.pk, by=approver, at=calendar.ago(13, "09:20"))

    next_month = calendar.today + timedelta(days=30)
    waiting = new_draft(document=_next("nerve-blocks-ahh", NERVES_NAMED, next_month), by=editor, at=calendar.ago(5, "13:40"))
    submit(version_id=waiting.pk, by=editor, at=calendar.ago(4, "16:15"))
    new_draft(document=_next("trigger-point-injections", ASKS_FOR_MORE, next_month), by=editor, at=calendar.ago(3, "14:25"))


def _next(slug: str, changes: Mapping[str, str], begins: date) -> JSON:
    """The shipped document of a policy as its version 2026.2, with these changes of its words."""
    text = (SHIPPED / f"{slug}.yaml").read_text(encoding="utf-8")
    for before, after in changes.items():
        if before not in text:
            raise ValueError(f"{slug}: “{before}” is not in the text that the demo changes")
        text = text.replace(before, after)
    file = load(text.encode(), f"{slug} 2026.2")
    if file.document is None:
        raise ValueError(f"{slug}: {'; '.join(error.message for error in file.errors)}")
    return {**file.document, "version": "2026.2", "effective": {"from": begins.isoformat(), "until": None}}
