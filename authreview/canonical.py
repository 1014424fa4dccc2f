"""One text for one value: canonical JSON and its SHA-256. Signatures, event chains, letters and policies all hash this text."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, Unicode kept; dates as ISO text. The same value always gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder)


def sha256(text: str | bytes) -> str:
    """Hex digest of text in UTF-8, or of bytes."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def chained(previous: str, *parts: object) -> str:
    """The hash of an event: over the hash before it and its own parts, each on a line of its own."""
    return sha256("\n".join([previous, *(str(part) for part in parts)]))
