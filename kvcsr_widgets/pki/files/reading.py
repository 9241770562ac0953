"""One reading of one file: what has been found so far, and what had to be got over."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import PrivateKeyError, SignedFileError
from kvcsr_widgets.pki.facts import UNREADABLE, shown, unwarned
from kvcsr_widgets.pki.files import archive, armour, binary, der, encoding, lookalike, mail
from kvcsr_widgets.pki.files.binary import MAX_CERTIFICATES
from kvcsr_widgets.pki.files.budget import Budget
from kvcsr_widgets.pki.files.lookalike import Lookalike

MAX_NAME = 200
"""Characters of a file's name that are shown."""

_MAX_DEPTH = 3
_OF_CERTIFICATES = re.compile(r"(?:X509 |TRUSTED )?CERTIFICATE(?: CHAIN)?|PKCS ?#?7.*|CMS|")


def quoted(filename: str | None) -> str:
    """A file's name as it is shown, or “The file”."""
    return f"“{shown(filename[:MAX_NAME])}”" if filename else "The file"


def refusal(found: Lookalike, filename: str | None) -> SignedFileError:
    """The error for a file that is something else; ``found`` says what."""
    if found.private:
        return PrivateKeyError(
            f"{quoted(filename)} holds {found.what}. It was not read.",
            why="A merge takes certificates only; the vault has its own key for this request.",
            hint="Upload the certificate alone, and keep the file with the key away from mail and "
            "shared folders.",
        )
    return SignedFileError(f"{quoted(filename)} is {found.what}.", why=found.why, hint=found.hint)


class Reading:
    """Reads bytes, or what is in them, and collects certificates, each once.

    Raises PrivateKeyError as soon as a private key is seen, and SignedFileError when there are
    more certificates than are taken. ``budget`` is what this reading and others may take together.
    The zips attached to a mail, by name, are put into ``attached`` if ``unpack`` says so, and are
    told as what they are if not.
    """

    def __init__(
        self, filename: str | None = None, budget: Budget | None = None, *, unpack: bool = False
    ) -> None:
        self.filename = filename
        self.attached: list[tuple[str, bytes]] = []
        self._unpack = unpack
        self._budget = budget or Budget()
        self._found: dict[bytes, x509.Certificate] = {}
        self._notes: dict[str, None] = {}
        self._others: dict[Lookalike, None] = {}
        self._repeated = 0

    def read(self, data: bytes) -> None:
        """Read a file's bytes."""
        with unwarned():
            self._read(data, _MAX_DEPTH)

    def _read(self, data: bytes, depth: int) -> None:
        """Read bytes in which ``depth`` wrappings may lie one in another."""
        start = lookalike.of_start(data)
        if not data.strip(b" \t\r\n\0"):
            self._other(lookalike.EMPTY)
        elif der.is_sequence(data):
            self._read_der(data, "")
        elif start is not None:
            self._other(start)
        else:
            self._read_text(data, depth)

    def add(self, certificate: x509.Certificate) -> None:
        """Keep a certificate, if it can be shown and compared and is not there already."""
        encoded = certificate.public_bytes(Encoding.DER)
        if encoded in self._found:
            self._repeated += 1
            return
        is_large = len(encoded) > binary.MAX_CERTIFICATE
        if is_large or not self._budget.names.take(binary.names_size(encoded)):
            self._other(lookalike.LARGE)
            return
        try:
            with unwarned():
                _look_at(certificate)
        except UNREADABLE as error:
            reason = shown(str(error)[:MAX_NAME]).rstrip(".")
            self._other(Lookalike("a certificate that cannot be read here", why=f"{reason}."))
            return
        self._found[encoded] = certificate
        if len(self._found) > MAX_CERTIFICATES:
            raise SignedFileError(
                f"{quoted(self.filename)} holds more than {MAX_CERTIFICATES} certificates; "
                "a chain has two to four.",
                hint="Ask the CA for your certificate and its own chain only.",
            )

    @property
    def found_any(self) -> bool:
        """Whether there is a certificate so far."""
        return bool(self._found)

    def note(self, text: str) -> None:
        """Tell a thing that had to be got over, once."""
        if text:
            self._notes[text] = None

    def certificates(self) -> tuple[x509.Certificate, ...]:
        """What was found. SignedFileError if that is nothing, or if a part of it is damaged."""
        damaged = next((other for other in self._others if other.damaged), None)
        if damaged and self._found:
            raise SignedFileError(
                f"A part of {quoted(self.filename).replace('The', 'the')} is {damaged.what}.",
                hint=damaged.hint,
            )
        if not self._found:
            told = min(self._others, key=_weight, default=lookalike.NOTHING)
            raise refusal(told, self.filename)
        return tuple(self._found.values())

    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing that had to be got over."""
        if self._repeated:
            times = "certificate that was" if self._repeated == 1 else "certificates that were"
            self.note(f"{self._repeated} {times} there already: left out.")
        for other in self._others:
            self.note(f"Left out: {other.what.partition(',')[0]}.")
        return tuple(self._notes)

    def _other(self, found: Lookalike) -> None:
        if found.private:
            raise refusal(found, self.filename)
        self._others[found] = None

    def _read_der(self, data: bytes, label: str) -> None:
        certificates, others = binary.certificates(data, self._budget.rounds)
        for certificate in certificates:
            self.add(certificate)
        if label == "TRUSTED CERTIFICATE" and certificates:
            self.note("OpenSSL's own remarks on trust were left out.")
            return
        for other in others:
            known = _OF_CERTIFICATES.fullmatch(label) or other.private
            self._other(other if known else lookalike.of_label(label))

    def _read_text(self, data: bytes, depth: int) -> None:
        text, note = encoding.decode(data)
        if lookalike.is_binary(text):
            self._other(lookalike.BINARY)
            return
        if depth and self._read_mail(text, depth):
            return
        text = armour.plain(text)
        if armour.private_key(text):
            self._other(lookalike.PRIVATE_KEY)
        found = armour.blocks(text)
        if found is None:
            self._other(lookalike.CROWDED_TEXT)
            return
        for block in found:
            self._read_block(block, depth)
        if found:
            self.note(note)
        else:
            self._other(lookalike.of_text(text))

    def _read_mail(self, text: str, depth: int) -> bool:
        """Whether it is a mail of parts, which are read."""
        parts = mail.parts(text)
        for part in parts:
            if part.is_signature:
                self.note("The signature of the mail itself was left out.")
            elif part.data.strip():
                self._read_part(part, depth)
        if parts and not self._found and not self.attached:
            self._other(lookalike.of_text(text))
        return bool(parts)

    def _read_part(self, part: mail.Part, depth: int) -> None:
        """A part without a name is the mail's own text: only a certificate in it matters."""
        if self._unpack and archive.is_zip(part.data):
            self.attached.append((part.filename or "zip", part.data))
            return
        before, notes, others = len(self._found), dict(self._notes), dict(self._others)
        self._read(part.data, depth - 1)
        if not part.filename and len(self._found) == before:
            self._notes, self._others = notes, others

    def _read_block(self, block: armour.Block, depth: int) -> None:
        of_certificates = _OF_CERTIFICATES.fullmatch(block.label)
        like = lookalike.DAMAGED if of_certificates else lookalike.of_label(block.label)
        if of_certificates and block.is_prose:
            self._other(lookalike.PROSE)
            return
        if like.private or block.data is None:
            self._other(like)
        elif der.is_sequence(block.data):
            self._read_der(block.data, block.label)
        elif depth and of_certificates:
            self._read(block.data, depth - 1)
        else:
            self._other(like)
        if block.is_quoted:
            self.note("The marks of a quoted mail were taken away.")
        if block.is_open:
            self.note("An END line is missing.")


def _weight(other: Lookalike) -> int:
    """What is told first where nothing is found: what was to be a certificate."""
    return 0 if other.damaged else 2 if other is lookalike.PROSE else 1


def _look_at(certificate: x509.Certificate) -> None:
    """Read what is shown and compared later: ``cryptography`` decodes it only when asked."""
    certificate.public_key()
    _ = (certificate.subject, certificate.issuer)
    _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
