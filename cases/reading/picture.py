"""Scans that come as pictures (PNG, JPEG, TIFF with one or many pages): pages without text, whose quotes are typed."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from .contents import PageImage, ReadPage, Unreadable

DAMAGED = "This picture is damaged and cannot be opened. Scan or photograph it again."
TOO_LARGE = "This picture has more than 100 million dots. Scan it at 300 dots per inch or less."
MOST_DOTS = 100_000_000
LONGEST_SIDE = 2200
LARGE_PNG = 600 * 1024
LETTER_WIDTH = 612.0
ORIENTATION = 0x0112


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the renderer of letters turns it on for the whole process; a record is whole or refused
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "TIFF"]) as picture:
            warnings.simplefilter("ignore")  # Pillow warns of sizes and tags that are judged here
            yield picture
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Unreadable(TOO_LARGE if isinstance(error, Image.DecompressionBombError) else DAMAGED) from error


def read(data: bytes, most_pages: int) -> tuple[ReadPage, ...]:
    """One page for each picture in the file, every one decoded once, so that a damaged one is found now. Raises Unreadable."""
    with _opened(data) as picture:
        count = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
        if count > most_pages:
            raise Unreadable(f"This file has {count:,} pages; the limit is {most_pages:,}. Split it and attach the parts.")
        pages = []
        for index in range(count):
            picture.seek(index)
            if picture.width * picture.height > MOST_DOTS:
                raise Unreadable(TOO_LARGE)
            picture.load()
            pages.append(ReadPage(*_size(picture)))
        return tuple(pages)


def image(data: bytes, number: int) -> PageImage:
    """Picture `number`, from 1, upright and no larger than a screen needs, without what the camera wrote into it."""
    with _opened(data) as picture:
        if number > 1:
            picture.seek(number - 1)
        upright = ImageOps.exif_transpose(picture)
        shown = upright if upright.mode in ("L", "RGB") else upright.convert("RGB" if upright.mode not in ("1", "LA", "I;16", "I") else "L")
        shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return encoded(shown)


def encoded(picture: Image.Image) -> PageImage:
    """Print stays sharp as PNG; a photograph or noisy scan, which PNG would swell, becomes a JPEG."""
    out = io.BytesIO()
    picture.save(out, format="PNG", compress_level=4)
    if out.tell() <= LARGE_PNG:
        return PageImage("image/png", out.getvalue())
    out = io.BytesIO()
    picture.convert("L" if picture.mode == "L" else "RGB").save(out, format="JPEG", quality=85)
    return PageImage("image/jpeg", out.getvalue())


def _size(picture: Image.Image) -> tuple[float, float]:
    """Width and height in points: a picture is as wide as a letter, whatever its resolution claims."""
    width, height = picture.size
    if picture.getexif().get(ORIENTATION, 1) >= 5:  # lying on its side
        width, height = height, width
    return LETTER_WIDTH, round(LETTER_WIDTH * height / width, 2)
