"""Whether the file fits the request, and whether the request still takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from cryptography import x509

from kvcsr_widgets.pki import answers, facts
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case, basic_constraints
from kvcsr_widgets.pki.finding import Entry, Finding, Level
from kvcsr_widgets.pki.leaf import fitting, key_of
from kvcsr_widgets.pki.pending import PendingRequest, Status
from kvcsr_widgets.pki.signed import SignedFile

_ANSWER_OF_AN_UPDATE = (
    "How the vault words this for a merge is not known; this is its answer to other changes of a "
    "finished request."
)

_NONE_FITS = "No certificate in the file belongs to this request"

ALREADY_MERGED = Entry(
    "already-merged",
    (Level.STOP, Level.TICK),
    about="This very certificate is in the vault already, as a version of this name.",
    why=(
        "A finished request takes no second merge. One that waits over the same key would take "
        "it, and the vault would have last year's certificate twice."
    ),
    source=(
        "Thumbprints of the versions; not recorded for a merge, azure-sdk-for-js#25758 for an "
        "update."
    ),
    advice=(
        "Nothing is left to do if this is the certificate that you expect. If you wait for a "
        "new one, look for the CA's new file."
    ),
)
NOT_IN_PROGRESS = Entry(
    "not-in-progress",
    (Level.STOP,),
    about=(
        "The request was completed, perhaps by somebody else, with another certificate than this."
    ),
    why="A request takes one certificate; a second one needs a new version and its own CSR.",
    source="Not recorded for a merge; azure-sdk-for-js#25758 for an update.",
    advice=(
        "Look at the certificate that the vault has now. To replace it, create a new version "
        "and have its CSR signed."
    ),
)
ISSUER_AT_WORK = Entry(
    "issuer-at-work",
    (Level.STOP,),
    about="The request went to a CA that the vault knows, which completes it by itself.",
    why="The vault refuses a merge until that CA has answered, failed, or was cancelled.",
    source="Microsoft's documentation of certificate creation scenarios; not recorded.",
    advice="Wait for the issuer. To use this file all the same, cancel the request first.",
)
KEY_DIFFERS = Entry(
    "key-differs",
    (Level.STOP,),
    about="No certificate in the file is over the key that the request's CSR was made with.",
    why=(
        "The private key never leaves the vault: a certificate over another key cannot be used "
        "with it, and the vault refuses it."
    ),
    source="Recorded (2019); the article's FAQ.",
    advice=(
        "Choose the request that the reply belongs to. If none is named, let the home finder look: "
        "it knows earlier versions and other vaults too. Or this request was made again after its "
        "CSR was sent: its key is a new one, and the new CSR must be signed."
    ),
)
REQUEST_CANCELLED = Entry(
    "request-cancelled",
    (Level.TICK,),
    about="The request was cancelled, or its cancellation is under way.",
    why="Somebody gave this request up. The vault would still merge, so it is a person's decision.",
    source="Microsoft's documentation allows the merge after a cancellation; not recorded.",
    advice="Ask who cancelled it and why before you merge.",
)
REQUEST_FAILED = Entry(
    "request-failed",
    (Level.TICK,),
    about="The request failed at the CA that it went to.",
    why="The vault would still merge a certificate that another CA made of its CSR.",
    source="Microsoft's documentation allows the merge after a failure; not recorded.",
    advice=(
        "Read the operation's error first: what was wrong with the request may be wrong with "
        "the certificate too."
    ),
)
REQUEST_REMADE = Entry(
    "request-remade",
    (Level.TICK,),
    about="The request has another CSR than the one that was downloaded for the CA.",
    why=(
        "The CA answered an older request. Where the key was kept, the certificate fits, but to "
        "what was asked for then."
    ),
    source="SHA-256 of the CSR; RFC 2986 section 4.2: a CSR is signed as a whole.",
    advice="Compare what was asked for now with what came back, or have the new CSR signed.",
)
KEY_FITS = Entry(
    "key-fits",
    (Level.INFO,),
    about="A certificate in the file is over the request's key.",
    why="The key is what the vault checks at a merge.",
    source="Recorded (2019 to 2022).",
)
SEVERAL_FIT = Entry(
    "several-fit",
    (Level.TICK,),
    about="Several certificates in the file are over the request's key.",
    why=(
        "One alone is merged. A file with last year's certificate and the new one over a key "
        "that was kept looks like this."
    ),
    source=(
        "Which of several the vault would take is not recorded, so one is sent: by preference one "
        "that the vault does not have, that is valid now, and that begins last."
    ),
    advice=(
        "Make sure that the one named here is the one you want, or bring a file with that one "
        "alone."
    ),
)

State = Callable[[PendingRequest, x509.Certificate | None], Iterator[Finding]]


def already_merged(pending: PendingRequest, leaf: x509.Certificate | None) -> Iterator[Finding]:
    """The thumbprint of the certificate is one of the vault's versions."""
    if leaf is None or not _is_version(leaf, pending):
        return
    title = "This very certificate is in the vault already."
    told = f"Thumbprint {facts.thumbprint(leaf)}."
    if pending.status is Status.COMPLETED:
        detail = f"{told} {_ANSWER_OF_AN_UPDATE}"
        yield ALREADY_MERGED.finding(title, detail, answer=answers.NOT_IN_PROGRESS)
    else:
        detail = f"{told} The request that waits is over the same key: it would be merged again."
        yield ALREADY_MERGED.finding(title, detail, level=Level.TICK)


def not_in_progress(pending: PendingRequest, leaf: x509.Certificate | None) -> Iterator[Finding]:
    """The request is completed, and not with this certificate as far as is known."""
    if pending.status is not Status.COMPLETED or (leaf and _is_version(leaf, pending)):
        return
    yield NOT_IN_PROGRESS.finding(
        "This request was completed before: it takes no other certificate.",
        _ANSWER_OF_AN_UPDATE,
        answer=answers.NOT_IN_PROGRESS,
    )


def issuer_at_work(pending: PendingRequest, _leaf: x509.Certificate | None) -> Iterator[Finding]:
    """An integrated CA, or the vault itself, is about to complete the request."""
    if pending.status is Status.IN_PROGRESS and not pending.by_hand:
        issuer = words.text(pending.issuer)
        yield ISSUER_AT_WORK.finding(
            f"The issuer “{issuer}” is at work on this request: it completes it by itself.",
            "The vault's answer is the one in its documentation.",
            answer=answers.issuer_at_work(pending.issuer),
        )


def cancelled(pending: PendingRequest, _leaf: x509.Certificate | None) -> Iterator[Finding]:
    """The request was given up."""
    if pending.status is Status.CANCELLED:
        yield REQUEST_CANCELLED.finding("This request was cancelled.", "The vault still merges.")
    elif pending.status is Status.IN_PROGRESS and pending.cancellation_requested:
        yield REQUEST_CANCELLED.finding(
            "This request is being cancelled.", "The vault still merges, before and after."
        )


def failed(pending: PendingRequest, _leaf: x509.Certificate | None) -> Iterator[Finding]:
    """The request failed at its issuer."""
    if pending.status is Status.FAILED:
        yield REQUEST_FAILED.finding("This request failed.", "The vault still merges.")


def remade(pending: PendingRequest, leaf: x509.Certificate | None) -> Iterator[Finding]:
    """The CSR that went to the CA is not the one that the vault has now, and the key was kept.

    Where the key is a new one, a certificate that fits answers the new CSR.
    """
    then = pending.downloaded
    if leaf is None or then is None or not _is_remade(pending):
        return
    if then.key == pending.csr.fingerprint:
        yield REQUEST_REMADE.finding(
            "The request was made again since its CSR was downloaded.",
            f"SHA-256 of the CSR then {then.sha256[:16]}…, now {pending.csr.sha256[:16]}…. "
            "The key was kept, so the certificate fits all the same.",
        )


STATE: tuple[State, ...] = (
    already_merged,
    not_in_progress,
    issuer_at_work,
    cancelled,
    failed,
    remade,
)
"""What can be said with a certificate that fits, and without one."""


def key_differs(pending: PendingRequest, signed: SignedFile) -> Iterator[Finding]:
    """Nothing in the file fits; where its certificates are at home is said."""
    found = list(homes(pending, signed.certificates))
    leaves = [each for each in signed.certificates if not _is_ca(each)]
    detail = " ".join(
        [
            *_older(pending),
            *(filter(None, words.gathered(found)) if found else _homeless(pending, leaves)),
            f"In the file: {words.subjects(leaves or signed.certificates)}.",
            f"Wanted: a certificate over the key with SHA-256 {pending.csr.fingerprint[:16]}….",
        ]
    )
    what = "The reply belongs to another request" if found else _NONE_FITS
    if _answers_older(pending, signed):
        what = "The CA answered an older CSR of this request"
    yield KEY_DIFFERS.finding(f"{what}: the keys differ.", detail, answer=answers.KEY_DIFFERS)


def key_fits(case: Case) -> Iterator[Finding]:
    """Which certificate of the file it is."""
    key = case.pending.csr.fingerprint[:16]
    yield KEY_FITS.finding(
        "This certificate belongs to this request.",
        f"“{words.subject(case.leaf)}” has the public key of the CSR (SHA-256 {key}…).",
    )


def several_fit(case: Case) -> Iterator[Finding]:
    """More than one certificate of the file could be merged."""
    leaf, count = case.leaf, len(fitting(case.pending.csr, case.signed))
    if count > 1:
        yield SEVERAL_FIT.finding(
            f"{count} certificates in the file are over the request's key.",
            f"To be merged: the one from {words.when(leaf.not_valid_before_utc)} to "
            f"{words.when(leaf.not_valid_after_utc)}, serial number {leaf.serial_number:X}.",
        )


def homes(pending: PendingRequest, certificates: Iterable[x509.Certificate]) -> Iterator[str]:
    """Where certificates are at home, a sentence for each that is somewhere."""
    for certificate in certificates:
        if places := pending.homes.get(key_of(certificate)):
            yield f"“{words.subject(certificate)}” belongs to {words.listed(places)}."


def _homeless(pending: PendingRequest, leaves: Sequence[x509.Certificate]) -> Iterator[str]:
    if not leaves:
        yield "The file holds certificates of CAs alone; yours may be in a second file."
    elif pending.homes:
        yield "No request that was read of this vault has its key."


def _is_remade(pending: PendingRequest) -> bool:
    """Whether the CSR that went to the CA is another one than the vault has now."""
    then = pending.downloaded
    return then is not None and then.sha256 != pending.csr.sha256


def _older(pending: PendingRequest) -> Iterator[str]:
    if pending.downloaded is not None and _is_remade(pending):
        yield (
            "The request was made again since its CSR was downloaded (SHA-256 of that one: "
            f"{pending.downloaded.sha256[:16]}…)."
        )


def _answers_older(pending: PendingRequest, signed: SignedFile) -> bool:
    """Whether the reply is over the key of the CSR that went to the CA before."""
    then = pending.downloaded
    return then is not None and any(key_of(each) == then.key for each in signed.certificates)


def _is_ca(certificate: x509.Certificate) -> bool:
    found = basic_constraints(certificate)
    return found is not None and found.ca


def _is_version(leaf: x509.Certificate, pending: PendingRequest) -> bool:
    return facts.thumbprint(leaf) in pending.versions
