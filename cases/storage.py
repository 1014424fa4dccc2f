"""Where the bytes of documents live: under their own SHA-256 in Django's default storage. Written before the row that names them.

Nothing is ever overwritten: a name says what it holds. A row that was rolled back leaves a file that nobody names, which does no harm.
"""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from authreview.canonical import sha256


class StoredFileDamaged(Exception):
    """What lies in the store is not what was put there."""


def write_bytes(data: bytes) -> str:
    """Keep the bytes and read them back; returns their SHA-256. Raises StoredFileDamaged where the store did not keep them."""
    name = sha256(data)
    if _read(name) != data:  # not there yet, or cut short when a machine went down
        path = _path(name)
        if default_storage.exists(path):
            default_storage.delete(path)
        written = default_storage.save(path, ContentFile(data))
        if written != path:  # somebody stored the same bytes in between
            default_storage.delete(written)
        if _read(name) != data:
            raise StoredFileDamaged(f"{path} was not kept as it was written")
    return name


def read_bytes(name: str) -> bytes:
    """The bytes of this SHA-256. Raises StoredFileDamaged where they are gone or changed."""
    data = _read(name)
    if data is None or sha256(data) != name:
        raise StoredFileDamaged(f"{_path(name)} is {'missing' if data is None else 'not what was stored'}")
    return data


def _path(name: str) -> str:
    return f"documents/{name[:2]}/{name}"


def _read(name: str) -> bytes | None:
    try:
        with default_storage.open(_path(name)) as stored:
            data: bytes = stored.read()
            return data
    except FileNotFoundError:
        return None
