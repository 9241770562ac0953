"""A list of names, as it is pasted from anywhere, and what a request can make of it.

Any separator will do: line ends, blanks, commas, semicolons, bars; with brackets, quotes and
bullets around. A name's kind is guessed, or told by what stands before it, as openssl (``DNS:``,
``IP Address:``) and Windows (``DNS Name=``) print it. A user principal name looks like an e-mail
address and needs ``UPN:``. After such a word, double quotes hold a name with any characters, as a
JSON string.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.pki.idn import a_labels, scripts, u_labels
from kvcsr_widgets.pki.names import KIND_NAMES, KINDS, MAX_NAMES, Names, is_ip, name_problem
from kvcsr_widgets.pki.names_scan import OTHER, Word, label, scan

MAX_TEXT = 20_000
"""Characters of a list that are read, a bound of ours."""

MAX_REFUSED = 20
"""Reading stops after as many names that cannot be read, a bound of ours."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?![0-9])", re.IGNORECASE | re.ASCII)
_PORT = re.compile(r"(?P<host>.+?)\]?:[0-9]{1,5}(?:/.*)?")
_NUMBERS = re.compile(r"[0-9.]*\.[0-9]+", re.ASCII)
_NETWORK = re.compile(r"[0-9a-f.:]+/[0-9]{1,3}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class NameRow:
    """How one name is read.

    ``kind`` is one of ``names.KINDS``, ``typed`` is what the list has, ``sent`` what the request
    will have, ``shown`` its Unicode form where that is another; ``note`` is a thing to know.
    """

    kind: str
    typed: str
    sent: str
    shown: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be read: the text, its index in the list, the reason and what to do.

    ``line`` is the line of the list that it stands in, counted from 1.
    """

    text: str
    position: int
    reason: str
    hint: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class ReadNames:
    """What a list holds; ``folded`` are the names that were there already, as typed."""

    names: Names = Names()  # noqa: RUF009 - frozen
    rows: tuple[NameRow, ...] = ()
    refused: tuple[Refused, ...] = ()
    folded: tuple[str, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """What stands against sending this list, one sentence each."""
        for each in self.refused:
            where = f" (character {each.position + 1})."
            yield Problem("names", each.reason.removesuffix(".") + where, each.hint)


def read_names(text: str) -> ReadNames:
    """Read a list of names. Never raises: what cannot be read is among ``refused``."""
    if len(text) > MAX_TEXT:
        reason = f"The list has {len(text)} characters; {MAX_TEXT} are read."
        return ReadNames(refused=(Refused(text[:40], MAX_TEXT, reason, "Make several requests."),))
    if text.lstrip().startswith("{"):
        reason, hint = "This is a JSON object and no list of names.", "Paste its list of names."
        return ReadNames(refused=(Refused(text[:40], 0, reason, hint),))
    reading = _Reading(text)
    for word in scan(text):
        reading.take(word)
        if len(reading.refused) == MAX_REFUSED:
            break
    return reading.result()


def names_to_text(names: Names) -> str:
    """The list that ``read_names`` reads back to these names, one a line."""
    return "\n".join(_written(kind, name) for kind, each in names.sans.items() for name in each)


def _written(kind: str, name: str) -> str:
    read = read_names(name)
    if not read.refused and [(row.kind, row.sent) for row in read.rows] == [(kind, name)]:
        return name
    return label(kind, name)


class _Reading:
    """What was read of a list so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.rows: list[NameRow] = []
        self.refused: list[Refused] = []
        self.folded: list[str] = []
        self.seen: dict[str, set[str]] = {kind: set() for kind in KINDS}

    def take(self, word: Word) -> None:
        kind = word.kind or _guess(word.text)
        try:
            row = _row(kind, word.text)
        except _RefusedError as refusal:
            self.refuse(word, *refusal.args)
            return
        seen, key = self.seen[kind], _folded(row)
        if key in seen:
            self.folded.append(word.text)
        elif len(seen) == MAX_NAMES:
            reason = f"“{word.text[:80]}” is one too many: {MAX_NAMES} of a kind fit."
            self.refuse(word, reason, "Make another request.")
        else:
            seen.add(key)
            self.rows.append(row)

    def refuse(self, word: Word, reason: str, hint: str) -> None:
        line = self.text.count("\n", 0, word.position) + 1
        self.refused.append(Refused(word.text, word.position, reason, hint, line))

    def result(self) -> ReadNames:
        sent = {kind: tuple(row.sent for row in self.rows if row.kind == kind) for kind in KINDS}
        names = Names(
            dns=sent["dns_names"],
            emails=sent["emails"],
            upns=sent["upns"],
            ips=sent["ipAddresses"],
            uris=sent["uris"],
        )
        return ReadNames(names, tuple(self.rows), tuple(self.refused), tuple(self.folded))


class _RefusedError(Exception):
    """Why a word is no name, and what to do."""


def _guess(word: str) -> str:
    if is_ip(word.partition("%")[0]) or _NETWORK.fullmatch(word):
        return "ipAddresses"
    if _SCHEME.match(word):
        return "uris"
    return "emails" if "@" in word else "dns_names"


def _row(kind: str, typed: str) -> NameRow:
    """How a word is read. Raises _RefusedError."""
    if kind == OTHER:
        kinds = "DNS names, e-mail addresses, UPNs, IP addresses and URIs"
        raise _RefusedError(f"“{typed[:80]}” is of a kind that Key Vault does not take.", kinds)
    try:
        sent = _sent(kind, typed)
    except ValueError as error:
        raise _RefusedError(f"“{typed[:80]}” is no {KIND_NAMES[kind]}: {error}.", "") from error
    if not typed:
        raise _RefusedError("A name is missing.", "Write it after the colon.")
    if problem := name_problem(kind, sent):
        raise _RefusedError(problem.message, _hint(typed) or problem.hint)
    local, at, domain = sent.rpartition("@")
    shown = u_labels(domain) if kind in ("dns_names", "emails") else ""
    shown = shown and local + at + shown
    return NameRow(kind, typed, sent, shown, _note(kind, typed, sent, shown))


def _sent(kind: str, typed: str) -> str:
    """The name as a certificate holds it. Raises ValueError with the reason."""
    if kind == "dns_names":
        return a_labels(typed.removesuffix("."))
    if kind == "emails":
        local, at, domain = typed.rpartition("@")
        return local + at + a_labels(domain)
    if kind == "ipAddresses" and is_ip(typed):
        return str(ipaddress.ip_address(typed))
    return typed


def _folded(row: NameRow) -> str:
    """What two equal names have in common: capitals do not count in a domain (RFC 4343)."""
    if row.kind == "uris":
        return row.sent
    local, at, domain = row.sent.rpartition("@")
    return local + at + domain.lower()


def _hint(typed: str) -> str:
    """What to do about a word that is nearly a name."""
    if is_ip(typed):
        return f"Write IP:{typed} for the address."
    if _NUMBERS.fullmatch(typed):
        return "An IPv4 address is four numbers up to 255; a DNS name does not end in a number."
    if port := _PORT.fullmatch(typed):
        return f"A name has no port: write {port['host'][:80]}."
    if "*" in typed and "@" not in typed:
        return "* stands for the whole first label, and only there: *.contoso.com."
    return ""


def _note(kind: str, typed: str, sent: str, shown: str) -> str:
    notes = []
    if kind == "dns_names" and sent.startswith("*."):
        notes.append(f"* is one label: not {sent[2:]} itself, nor a.b.{sent[2:]}.")
    if kind == "dns_names" and typed.endswith("."):
        notes.append("The dot at the end is left out.")
    if kind == "uris" and sent.lower().startswith(("http://", "https://")):
        notes.append("A URI. For a server, write its host name alone.")
    if len(found := scripts(shown)) > 1:
        notes.append(f"Letters of {' and '.join(found)}.")
    return " ".join(notes)
