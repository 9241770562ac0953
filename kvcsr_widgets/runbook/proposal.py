"""What can be done with the rows of an inventory: to which it applies, what it does and destroys.

Nothing here asks a vault: a row may be old, and ``acting`` looks again before it acts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from kvcsr_widgets.runbook.entries import Entry, State
from kvcsr_widgets.runbook.progress import waits_for_merge
from kvcsr_widgets.runbook.rows import Action, Row, why_not

MAX_SHOWN = 20
"""Certificates that are shown with all their facts at a time."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action on some rows, before it is taken.

    ``rows`` are those that it applies to; ``left_out`` the others, each with a sentence why.
    ``about`` is what it does, ``loses`` what it destroys or takes away, empty where that is
    nothing.
    """

    action: Action
    rows: tuple[Row, ...]
    left_out: tuple[tuple[Row, str], ...]
    about: str = ""
    loses: str = ""

    @property
    def possible(self) -> bool:
        """Whether it applies to any row."""
        return bool(self.rows)

    @property
    def word(self) -> str:
        """What a person types to confirm it: the name of the one row, or the number of them.

        Empty where nothing is destroyed.
        """
        if not self.loses:
            return ""
        return self.rows[0].name if len(self.rows) == 1 else str(len(self.rows))

    @property
    def label(self) -> str:
        """The action and how many rows it applies to: ``Cancel the request: 2 of 3``."""
        total = len(self.rows) + len(self.left_out)
        if total == 1 and self.rows:
            return self.action.value
        return f"{self.action.value}: {len(self.rows):,} of {total:,}"


def propose(action: Action, rows: Iterable[Row], vaults: Collection[str]) -> Proposal:
    """What an action comes to on these rows; ``vaults`` are the hosts of those that are open."""
    fits, left_out = list[Row](), list[tuple[Row, str]]()
    for row in rows:
        reason = why_not(action, row, vaults)
        if not reason and action is Action.SHOW and len(fits) == MAX_SHOWN:
            reason = f"{MAX_SHOWN} are shown at a time: select fewer."
        if reason:
            left_out.append((row, reason))
        else:
            fits.append(row)
    if not fits:
        return Proposal(action, (), tuple(left_out))
    return Proposal(
        action, tuple(fits), tuple(left_out), _about(action, fits), _loses(action, fits)
    )


def to_merge(proposal: Proposal, vault: str) -> Proposal:
    """The same where one request at a time is taken in hand, of the vault with this host."""
    others = tuple(
        (row, f"It is in {row.vault}: connect to that vault, then open it there.")
        for row in proposal.rows
        if row.vault != vault
    )
    kept = tuple(row for row in proposal.rows if row.vault == vault)
    if len(kept) > 1:
        others += tuple((row, "One request is merged at a time: select one row.") for row in kept)
        kept = ()
    left_out = proposal.left_out + others
    return replace(proposal, rows=kept, left_out=left_out, about=proposal.about if kept else "")


def _about(action: Action, rows: Sequence[Row]) -> str:
    told = _ABOUT[action]
    if action is Action.CANCEL and any(_issuer_at_work(row) for row in rows):
        return f"{told} An issuer that the vault knows may issue all the same."
    return told


_ABOUT = {
    Action.SHOW: "Reads what the vault has of it: dates, request, CSR, policy and versions.",
    Action.DOWNLOAD: (
        "Reads the CSR from the vault again and offers it as a file: NAME.csr, or several in one "
        ".zip. That it left for the CA is remembered for the check before the merge."
    ),
    Action.MERGE: "Takes the request in hand and opens the merge below.",
    Action.NEW_VERSION: (
        "The vault makes a new CSR with the policy, tags and settings of the certificate; "
        "its key is new unless the policy reuses the key. The version in use stays until the new "
        "one is merged. An issuer that the vault knows gets "
        "the order at once, and may charge for it."
    ),
    Action.ENABLE: "The newest version, its key and its secret can be used again.",
    Action.DISABLE: (
        "The newest version, its key and its secret cannot be used until it is enabled again: "
        "whatever reads them from the vault gets an error. Older versions stay as they are."
    ),
    Action.CANCEL: (
        "The service is asked to give the request up, which takes some seconds. Key and CSR stay: "
        "the CA's reply can still be merged, until the next request takes their place. The vault "
        "does not know your CA: withdraw the order there too."
    ),
    Action.RECOVER: "Brings the certificate back with all its versions, as it was.",
    Action.DELETE_REQUEST: (
        "A version in use stays as it is. A certificate that was never merged stays, empty and "
        "disabled, and still holds its name."
    ),
    Action.DELETE: (
        "With soft delete the vault keeps what it deletes for 7 to 90 days, as it is set: till "
        "then it can be recovered (see the deleted certificates), and the name cannot be used "
        "again."
    ),
    Action.PURGE: "Each name is free again some seconds later.",
}


def _loses(action: Action, rows: Sequence[Row]) -> str:
    match action:
        case Action.NEW_VERSION:
            return _lost_by_new_version(rows)
        case Action.DELETE_REQUEST:
            return _lost_with_request(rows)
        case Action.DELETE:
            return _lost_with_certificate(rows)
        case Action.PURGE:
            some = _some(len(rows), "certificate")
            return (
                f"This destroys {some} with all versions and keys, for good: nobody can bring "
                "them back."
            )
        case _:
            return ""


def _lost_by_new_version(rows: Sequence[Row]) -> str:
    """The CA may still have the CSR of a request that was cancelled or that failed."""
    number = sum(
        isinstance(row, Entry) and row.state in (State.CANCELLED, State.FAILED) for row in rows
    )
    if not number:
        return ""
    return (
        f"The CSR of {_some(number, 'request')} that ended without a certificate is replaced, and "
        "its key is destroyed unless the policy reuses it: what the CA sends for it can then "
        "never be merged."
    )


def _lost_with_request(rows: Sequence[Row]) -> str:
    lost = [row for row in rows if isinstance(row, Entry) and row.state is not State.COMPLETED]
    if not lost:
        return ""
    shared = any(row.issued for row in lost)
    unless = ", unless the version in use has the same key" if shared else ""
    return (
        f"This destroys the key of {_some(len(lost), 'request')}{unless}. What the CA sends for "
        "the CSR can then never be merged, and nobody can bring the key back."
    )


def _lost_with_certificate(rows: Sequence[Row]) -> str:
    issued = sum(isinstance(row, Entry) and row.issued for row in rows)
    some = _some(len(rows), "certificate")
    if not issued:
        return f"This deletes {some} of which nothing was ever merged, with request and key."
    return (
        f"This deletes {some} with all versions and keys, {issued:,} of them issued: whatever "
        "uses them gets an error."
    )


def _issuer_at_work(row: Row) -> bool:
    operation = row.operation if isinstance(row, Entry) else None
    return operation is not None and not waits_for_merge(operation)


def _some(number: int, noun: str) -> str:
    """``one request``, ``2 requests``."""
    return f"one {noun}" if number == 1 else f"{number:,} {noun}s"
