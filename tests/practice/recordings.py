"""Recorded traffic of the real service, and what it means for an answer to be the same.

The recordings are not part of this repository. Where they lie beside the clone they are replayed;
elsewhere ``test_wire`` and the tests beside it hold what they establish.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from kvcsr_widgets.practice.transport import Practice
from tests.practice.wire import Answer, Json, members

RECORDINGS = Path(__file__).parents[3] / "shared" / "reference" / "recordings"
where_they_are = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings are not part of the repository"
)

HOST = re.compile(r"https://[a-zA-Z0-9_-]+\.vault\.azure\.net")
HEX = re.compile(r"[0-9a-f]{32}")
CHECKED_HEADERS = (
    "cache-control",
    "pragma",
    "expires",
    "content-type",
    "strict-transport-security",
    "x-content-type-options",
    "retry-after",
    "location",
)


def load(name: str) -> Json:
    recording: Json = json.loads((RECORDINGS / name).read_text(encoding="utf-8"))
    return recording


def as_ours(value: Any, practice: Practice) -> Any:
    """A recorded value with our host; ids of 32 digits become ``<id>``."""
    if isinstance(value, dict):
        return {name: as_ours(inner, practice) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_ours(item, practice) for item in value]
    if isinstance(value, str):
        return HEX.sub("<id>", HOST.sub(practice.url, value))
    return value


def csr_shape(text: str) -> tuple[object, ...]:
    """What a CSR holds besides its key and signature."""
    csr = x509.load_der_x509_csr(base64.b64decode(text))
    der = base64.b64decode(text)
    extensions = [
        (extension.oid, extension.critical, extension.value.public_bytes())
        for extension in csr.extensions
    ]
    key = csr.public_key()
    kind = type(key).__name__, getattr(key, "key_size", None)
    attributes = [attribute.oid for attribute in csr.attributes]
    version = der[der.index(b"\x02\x01") + 2]
    name = csr.subject.public_bytes()
    return name, extensions, kind, attributes, csr.signature_algorithm_oid, version


def same(answer: Answer, recorded: Json, practice: Practice) -> None:
    """The same status, members, order and values, the CSR by what it asks for."""
    assert answer.status == recorded["status"]
    ours, theirs = as_ours(answer.body, practice), as_ours(recorded["body"], practice)
    for body in (ours, theirs):
        if "csr" in body:
            body["csr"] = csr_shape(body["csr"])
    assert ours == theirs
    assert members(ours) == members(theirs)
    same_headers(answer, recorded.get("headers", {}), practice)


def same_headers(answer: Answer, recorded: Json, practice: Practice) -> None:
    known = {name.lower(): as_ours(value, practice) for name, value in recorded.items()}
    for name in CHECKED_HEADERS:
        if name in known:
            assert as_ours(answer.headers[name], practice) == known[name], name
        elif "no Retry-After" in known.get("note", "") and name == "retry-after":
            assert name not in answer.headers
