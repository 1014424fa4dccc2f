"""How hard a text is to read, beside the field in which it is written. What is counted is in authreview.reading_ease."""

from django import template

from authreview.reading_ease import reading_grade, reading_label

register = template.Library()


@register.filter
def grade(text: object, language: str = "en") -> str:
    """ "grade 5.2" for English, the ease of reading for Spanish; nothing for an empty text."""
    words = str(text or "").strip()
    if not words:
        return ""
    level = reading_grade(words, language) if language == "en" else None
    return f"grade {level:.1f}" if level is not None else reading_label(words, language)
