"""From the bytes of an upload to pages with text and word boxes, and back to page images. Knows nothing of cases or the database."""

from .contents import Contents, PageImage, ReadPage, Unreadable
from .upload import EXTENSIONS, page_image, read_file

__all__ = ["EXTENSIONS", "Contents", "PageImage", "ReadPage", "Unreadable", "page_image", "read_file"]
