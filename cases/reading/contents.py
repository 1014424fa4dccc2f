"""What reading a file gives: pages, and the sentence with which a file is refused."""

from dataclasses import dataclass, field

Word = list[float]  # [start, end, x, y, width, height]: characters of the page's text, and points from the top left


class Unreadable(Exception):
    """This file cannot become part of the record; `sentence` tells the person who brought it why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page: its size in points, its text, and where each word stands. No text: a picture, whose quotes are typed."""

    width: float
    height: float
    text: str = ""
    words: list[Word] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        return bool(self.words)


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as a browser draws it."""

    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Contents:
    """A file that was read whole. `remark` says what of it is not shown on its pages."""

    content_type: str
    pages: tuple[ReadPage, ...]
    remark: str = ""
