r"""A subject that was written for another tool, in Key Vault's dialect.

Four forms are read:

- a list with commas, as RFC 4514 and OpenSSL (``req -noout -subject``) write it: ``O=Acme\, LLC``;
- OpenSSL's list with slashes, as ``req -subj`` takes it: ``/C=US/O=Acme, LLC``;
- a list with commas whose values need double quotes and have none: ``O=Acme, LLC, C=US``;
- a host name alone: ``www.contoso.com``.

The order matters. RFC 4514 says the last part of a name first, and so does Key Vault: the order
stays. OpenSSL says the first part first, so its lists are turned round; the CSR then has the order
that OpenSSL would give it. A list with commas is taken for OpenSSL's when ``subject=`` stands
before it and blanks after its commas, or when all its parts have blanks around the equals sign and
CN is among them but not the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.foreign import Part, read_bare, read_list, read_slashes, trimmed
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.pki.subject_advice import host_name

MAX_LENGTH = 2_000
"""Characters that are looked at, a bound of ours: ten times what Key Vault takes."""

MAX_CN = 64
"""Characters of a CN (RFC 5280 appendix A, ub-common-name)."""

RFC_4514, OPENSSL, BARE, WRAPPED = "RFC 4514", "OpenSSL", "a list without quotes", "a quoted text"
HOST = "a host name"

_PREFIX = re.compile(r"subject(?P<apart>\s*)[:=]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Translation:
    """A subject in Key Vault's dialect, where it comes from, and what was changed, in sentences."""

    text: str
    source: str
    changes: tuple[str, ...]


def translate(text: str) -> Translation | None:
    """The subject that another tool would read in this text.

    None where Key Vault reads the same in it, or reads something else without a sign that the text
    is another tool's; and None where no form fits or Key Vault cannot have such a subject.
    """
    if len(text) > MAX_LENGTH:
        return None
    if host := _host(text.strip()):
        return host
    body, printed, said = _unwrapped(trimmed(text.lstrip()))
    here = _read(text)
    try:
        parts, source = _parts(body, bare=here is None)
    except ValueError:
        return None
    turned = _is_turned(parts, source, printed=printed)
    if here is not None and not turned and not any(part.escaped for part in parts):
        return None
    kept = [part for part in parts if part.value or source != OPENSSL]
    if not kept:
        return None
    try:
        subject = Subject.of((part.key, part.value) for part in (kept[::-1] if turned else kept))
    except SubjectError:
        return None
    if subject == here:
        return None
    changes = (*said, *_changes(parts, kept, source, turned=turned))
    if turned or printed:
        source = OPENSSL
    elif said and said == changes:
        source = WRAPPED
    return Translation(subject.text, source, changes)


def _host(text: str) -> Translation | None:
    """The subject of a host name or IP address that stands alone."""
    host = host_name(text)
    if not 0 < len(host) <= MAX_CN or not any(
        mark in host for mark in ".:"
    ):  # one label may be anything
        return None
    changes = ["“CN=” is put before it."]
    if host != text:
        changes.append(f"“{text}” is written “{host}”, as certificates hold it.")
    return Translation(Subject.of([("CN", host)]).text, HOST, tuple(changes))


def _unwrapped(text: str) -> tuple[str, bool, tuple[str, ...]]:
    """The list itself, whether OpenSSL printed it, and what was taken away around it.

    A blank before the equals sign or colon is not OpenSSL's: PowerShell and ``.inf`` files have it.
    """
    said: list[str] = []
    prefix = _PREFIX.match(text)
    if prefix:
        text = text[prefix.end() :]
        said.append(f"“{prefix[0].strip()}” is left out.")
    quote = text[:1]
    if len(text) > 1 and quote in ("'", '"') and text[-1] == quote:
        text = text[1:-1].replace("''", "'") if quote == "'" else _json_text(text)
        said.append("The quotes around the whole are left out.")
    printed = prefix is not None and not prefix["apart"] and len(said) == 1
    return trimmed(text.lstrip()), printed, tuple(said)


def _json_text(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _read(text: str) -> Subject | None:
    try:
        return Subject.parse(text)
    except SubjectError:
        return None


def _parts(text: str, *, bare: bool) -> tuple[list[Part], str]:
    """The parts and the form they have. Raises ValueError."""
    if text.startswith("/"):
        return read_slashes(text), OPENSSL
    try:
        return read_list(text), RFC_4514
    except ValueError:
        if not bare:
            raise
    return read_bare(text), BARE


def _is_turned(parts: Sequence[Part], source: str, *, printed: bool) -> bool:
    """Whether the text has the order of the certificate, the reverse of Key Vault's."""
    if source != RFC_4514 or len(parts) < 2:
        return source == OPENSSL
    if printed:
        return all(part.apart for part in parts[1:])
    keys = [part.key for part in parts]
    return all(part.spaced for part in parts) and "CN" in keys[1:] and keys[0] != "CN"


def _changes(
    parts: Sequence[Part], kept: Sequence[Part], source: str, *, turned: bool
) -> Iterator[str]:
    """What is different, one sentence each."""
    if source == OPENSSL:
        yield "Commas stand between the parts instead of slashes."
    yield from dict.fromkeys(part.change for part in kept if part.change)
    if left_out := [part.name for part in parts if part not in kept]:
        yield f"{', '.join(left_out)} is empty, which openssl leaves out."
    if joined := [part.name for part in kept if part.sign == "+"]:
        yield (
            f"{', '.join(joined)} stands by itself: what Key Vault makes of + between parts is not "
            "known. The CSR differs in this."
        )
    if turned and len(kept) > 1:
        order = ", ".join(part.key for part in kept)
        yield (
            "The order is turned round: OpenSSL writes the first part of a name first, Key Vault "
            f"the last. The CSR will have {order}."
        )
