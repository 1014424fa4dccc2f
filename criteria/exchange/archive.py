"""All published policies in one zip of YAML files: the same versions give the same bytes, whenever and wherever it is made."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from criteria.format import dump

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can hold: when it was made is not what it says


def archive(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """A zip with one file per document, named slug-version.yaml, in the order of the names."""
    named = [(file_name(document), document) for document in documents]
    count = Counter(name for name, _ in named)
    # "a-b" 1 and "a" b-1 have the same name: each then stands in the folder of its slug
    files = sorted((f"{document['policy']}/{name}" if count[name] > 1 else name, dump(document)) for name, document in named)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as pack:
        for name, text in files:
            pack.writestr(_entry(name), text.encode(), compresslevel=9)
    return buffer.getvalue()


def file_name(document: Mapping[str, Any]) -> str:
    """slug-version.yaml; what a version may hold and a file name may not is written as %2F."""
    return f"{document['policy']}-{quote(document['version'], safe=' +()')}.yaml"


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on every system
    entry.external_attr = 0o644 << 16
    return entry
