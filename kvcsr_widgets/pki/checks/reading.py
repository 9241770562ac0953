"""What could not be read, what reading had to get over, and what nobody looked at."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case, every
from kvcsr_widgets.pki.finding import Entry, Finding, Level
from kvcsr_widgets.pki.signed import SignedFile

UNREADABLE_REQUEST = Entry(
    "unreadable-request",
    (Level.TICK,),
    about="What the CSR asks for cannot be read.",
    why="Nobody can tell whether the CA did what was asked.",
    source="RFC 2986 section 4.1, RFC 2985 section 5.4.2.",
    advice="Look at the certificate yourself, or create the request again.",
)
UNREADABLE_CERTIFICATE = Entry(
    "unreadable-certificate",
    (Level.TICK,),
    about="A part of the certificate, or of one above it, cannot be read.",
    why="What cannot be read here was not checked, and some clients will refuse the certificate.",
    source="RFC 5280 section 4.2: each extension has one defined form, and is there once.",
    advice="Ask the CA to issue it again.",
)
FILE_NOTES = Entry(
    "file-notes",
    (Level.INFO,),
    about="What reading the file had to get over, such as an encoding or a certificate twice.",
    why="Other tools may not read the file as it is.",
    source="pki.signed.",
)
NOT_CHECKED = Entry(
    "not-checked",
    (Level.INFO,),
    about="What no check here looks at.",
    why=(
        "Revocation, logs and clients' trust are only known on the network or on the client's "
        "machine, and nothing here asks the network."
    ),
    source="RFC 5280 sections 5 and 6, RFC 6960, RFC 6962.",
)


def unreadable_request(case: Case) -> Iterator[Finding]:
    """The subject or the extensions of the CSR."""
    lacking = [
        what
        for what, found in (("subject", case.asked_subject), ("extensions", case.asked))
        if found is None
    ]
    if lacking:
        yield UNREADABLE_REQUEST.finding(
            f"The {' and the '.join(lacking)} of the CSR cannot be read, so nothing is compared."
        )


def unreadable_certificate(case: Case) -> Iterator[Finding]:
    """The subject, the extensions or the key of a certificate in the chain."""
    told = [(what, reason) for what, certificate in every(case) if (reason := _reason(certificate))]
    if told:
        yield UNREADABLE_CERTIFICATE.finding(
            f"{told[0][0]} cannot be read in full.",
            words.sentences(f"{what}: {reason}." for what, reason in told),
        )


def _reason(certificate: x509.Certificate) -> str:
    """Why a certificate cannot be read in full, empty if it can."""
    try:
        _ = (certificate.subject, certificate.extensions, certificate.public_key())
    except facts.UNREADABLE as error:
        return words.text(str(error)).removesuffix(".") or type(error).__name__
    return ""


def file_notes(signed: SignedFile) -> Iterator[Finding]:
    """What the reader of the file has to tell."""
    if signed.notes:
        yield FILE_NOTES.finding("About the file:", words.sentences(signed.notes))


def not_checked() -> Iterator[Finding]:
    """Always said."""
    yield NOT_CHECKED.finding(
        "Not checked: revocation, trust, certificate transparency.",
        "Nor name constraints and policies of the CAs. The vault checks none of them either: a "
        "client will.",
    )
