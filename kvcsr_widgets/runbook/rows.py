"""The rows of an inventory and of the deleted certificates, and which actions apply to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import Entry, Key, State
from kvcsr_widgets.runbook.progress import waits_for_merge
from kvcsr_widgets.runbook.standing import is_being_cancelled
from kvcsr_widgets.vault.deleted import Deleted


class Action(Enum):
    """What can be done with rows; the value is its label. What destroys comes last."""

    SHOW = "Show"
    DOWNLOAD = "Download CSR"
    MERGE = "Open in merge"
    NEW_VERSION = "New version"
    ENABLE = "Enable"
    DISABLE = "Disable"
    CANCEL = "Cancel the request"
    RECOVER = "Recover"
    DELETE_REQUEST = "Delete the request"
    DELETE = "Delete the certificate"
    PURGE = "Purge for good"


@dataclass(frozen=True, slots=True)
class Gone:
    """A row of the deleted certificates; ``vault`` is the host."""

    vault: str
    deleted: Deleted

    @property
    def name(self) -> str:
        """The certificate's name."""
        return self.deleted.name

    @property
    def key(self) -> Key:
        """What it is found by."""
        return Key(self.vault, self.name)


Row = Entry | Gone


def why_not(action: Action, row: Row, vaults: Collection[str]) -> str:
    """Why an action does not apply to a row, a sentence; empty where it does."""
    if row.vault not in vaults:
        return f"The vault {row.vault} is not open."
    if isinstance(row, Gone):
        return _why_not_deleted(action, row.deleted)
    if row.certificate is None:
        return "This vault's certificates could not be listed."
    if action in (Action.RECOVER, Action.PURGE):
        return "It is not deleted. Deleted certificates have a view of their own."
    if action is Action.SHOW:
        return ""
    if action in (Action.ENABLE, Action.DISABLE):
        return _why_not_enable(row, wanted=action is Action.ENABLE)
    if row.state is None:
        return "Where its request stands is not known."
    return _WHY_NOT[action](row)


def _why_not_deleted(action: Action, deleted: Deleted) -> str:
    if action in (Action.SHOW, Action.RECOVER):
        return ""
    if action is not Action.PURGE:
        return "It is deleted: recover it first."
    if deleted.purgeable:
        return ""
    until = f" on {deleted.purge:%Y-%m-%d}" if deleted.purge else ""
    return f"This vault has purge protection: only the vault itself purges it{until}."


def _why_not_enable(entry: Entry, *, wanted: bool) -> str:
    assert entry.certificate is not None
    if not entry.issued:
        return "Nothing was ever merged: there is no version in use."
    if entry.certificate.enabled is wanted:
        return f"It is {'enabled' if wanted else 'disabled'} already."
    return ""


def _why_not_download(entry: Entry) -> str:
    if entry.state is State.NONE:
        return "It has no request."
    if entry.operation is not None and entry.operation.csr is None:
        return "The vault sends no CSR of this request."
    return ""


def _why_not_merge(entry: Entry) -> str:
    operation = entry.operation
    if entry.state is State.NONE:
        return "It has no request."
    if operation is None or operation.status is not Status.IN_PROGRESS:
        return f"Its request is {_word(entry)}: it waits for no reply."
    if not waits_for_merge(operation):
        return f"Issuer {operation.issuer} completes its request: there is nothing to merge."
    return ""


def _why_not_cancel(entry: Entry) -> str:
    if entry.state is State.NONE:
        return "It has no request."
    if entry.state is not State.PENDING:
        return f"Its request is {_word(entry)}: there is nothing to cancel."
    if entry.operation is not None and is_being_cancelled(entry.operation):
        return "Its request is being cancelled already."
    return ""


def _why_not_new_version(entry: Entry) -> str:
    if entry.state is State.PENDING:
        return "Its request is open: cancel it or delete it first."
    return ""


def _why_not_delete_request(entry: Entry) -> str:
    return "It has no request." if entry.state is State.NONE else ""


_WHY_NOT = {
    Action.DOWNLOAD: _why_not_download,
    Action.MERGE: _why_not_merge,
    Action.CANCEL: _why_not_cancel,
    Action.NEW_VERSION: _why_not_new_version,
    Action.DELETE_REQUEST: _why_not_delete_request,
    Action.DELETE: _why_not_new_version,
}


def _word(entry: Entry) -> str:
    return entry.state.value if entry.state is not None else "not known"
