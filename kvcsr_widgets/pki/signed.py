"""Whatever a CA sent back, read as certificates.

DER, PEM with anything around the blocks, PKCS #7 (``.p7b``) in both encodings, PFX without a key,
bare base64, a saved mail, a zip of any of these: each recognised by its bytes and never by the
file's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography import x509

from kvcsr_widgets.errors import PrivateKeyError, SignedFileError
from kvcsr_widgets.pki.files import archive
from kvcsr_widgets.pki.files.binary import MAX_CERTIFICATES
from kvcsr_widgets.pki.files.budget import MAX_BYTES, Budget
from kvcsr_widgets.pki.files.lookalike import Lookalike
from kvcsr_widgets.pki.files.reading import Reading, quoted, refusal

__all__ = [
    "MAX_BYTES",
    "MAX_CERTIFICATES",
    "SignedFile",
    "joined",
    "read_signed",
    "read_within",
]

MAX_FILES = 200
"""The most files in the zips that are read as one reply."""


@dataclass(frozen=True)
class SignedFile:
    """The certificates of a file, in its order, each once.

    ``notes`` tell what reading had to get over, one sentence each: an encoding, duplicates, ...
    """

    certificates: tuple[x509.Certificate, ...]
    notes: tuple[str, ...] = ()


def read_signed(data: bytes, filename: str | None = None) -> SignedFile:
    """Read a file that a CA sent, or a text that was pasted.

    ``filename`` is only used to name the file in an error.

    Raises SignedFileError, saying what the bytes look like, when there is no certificate in it,
    when it holds a private key (which is not kept), or when it is too large.
    """
    return read_within(data, filename, Budget())


def read_within(
    data: bytes, filename: str | None, budget: Budget, *, unpack: bool = True
) -> SignedFile:
    """``read_signed`` with what others read in the same budget leave of it.

    ``unpack`` tells whether a zip attached to a mail is unpacked: not where the mail was in a zip.
    """
    if len(data) > MAX_BYTES:
        size = f"of {len(data):,} bytes; a certificate file has a few thousand"
        raise refusal(Lookalike(size), filename)
    if archive.is_zip(data):
        return _read_zip(data, filename, budget)
    reading = Reading(filename, budget, unpack=unpack)
    reading.read(data)
    return _with(reading, _attached(reading.attached, budget))


def joined(
    files: Iterable[tuple[str, SignedFile | SignedFileError]], filename: str | None = None
) -> SignedFile:
    """The certificates of several files as one reply, duplicates folded.

    A file without certificates becomes a note. Raises the error of a file that holds a private key,
    of the only file, or SignedFileError if there is no certificate in any of them.
    """
    return _with(Reading(filename), files)


def _with(
    reading: Reading, files: Iterable[tuple[str, SignedFile | SignedFileError]]
) -> SignedFile:
    """What was read, and what these files hold."""
    errors: list[SignedFileError] = []
    outcomes = list(files)
    for _name, file in outcomes:  # before anything else is said of them
        if isinstance(file, PrivateKeyError):
            raise file
    for name, file in outcomes:
        if isinstance(file, SignedFileError):
            errors.append(file)
            reading.note(f"Left out: {file.message}")
            continue
        for note in file.notes:
            reading.note(f"{quoted(name)}: {note}")
        for certificate in file.certificates:
            reading.add(certificate)
    if errors and not reading.found_any:
        raise _none_of(errors)
    return _result(reading)


def _none_of(errors: list[SignedFileError]) -> SignedFileError:
    """The error of the first file; it is told if there are more."""
    first, count = errors[0], len(errors)
    more = f"None of {count} files holds a certificate. " if count > 1 else ""
    return SignedFileError(f"{more}{first.message}", why=first.why, hint=first.hint)


def _read_zip(data: bytes, filename: str | None, budget: Budget) -> SignedFile:
    found = archive.members(data, most=MAX_FILES, size=budget.size)
    if isinstance(found, Lookalike):
        raise refusal(found, filename)
    return joined(((each.filename, _member(each, budget)) for each in found), filename)


def _attached(
    zips: list[tuple[str, bytes]], budget: Budget
) -> Iterator[tuple[str, SignedFile | SignedFileError]]:
    """The files of zips, by their names."""
    left = MAX_FILES
    for zip_name, data in zips:
        found = archive.members(data, most=left, size=budget.size)
        if isinstance(found, Lookalike):
            yield zip_name, refusal(found, zip_name)
            continue
        left -= len(found)
        for member in found:
            name = f"{zip_name}/{member.filename}"
            yield name, _member(archive.Member(name, member.content), budget)


def _member(member: archive.Member, budget: Budget) -> SignedFile | SignedFileError:
    if isinstance(member.content, Lookalike):
        return refusal(member.content, member.filename)
    try:
        return read_within(member.content, member.filename, budget, unpack=False)
    except SignedFileError as error:
        return error


def _result(reading: Reading) -> SignedFile:
    return SignedFile(reading.certificates(), reading.notes())
