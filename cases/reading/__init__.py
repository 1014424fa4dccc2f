"""From the bytes of an upload to pages with text and word boxes, and back to page images. Knows nothing of cases or the database."""

from .contents import Contents, PageImage, ReadPage, Unreadable
from .upload import ACCEPTED, EXTENSIONS, check_size, page_image, read_file

__all__ = ["ACCEPTED", "EXTENSIONS", "Contents", "PageImage", "ReadPage", "Unreadable", "check_size", "page_image", "read_file"]
