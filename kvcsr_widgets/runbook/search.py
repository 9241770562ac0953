"""Look for the requests of many replies, in one vault or in several."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from kvcsr_widgets.errors import StoppedError
from kvcsr_widgets.pki.pending import SentCsr
from kvcsr_widgets.pki.replies import ReplyFile, read_replies
from kvcsr_widgets.runbook.asked import PlanOf
from kvcsr_widgets.runbook.batch import Outcome, Tell, merge_all
from kvcsr_widgets.runbook.folder import read_folder
from kvcsr_widgets.runbook.homes import Home, read_index
from kvcsr_widgets.runbook.matching import Match, match
from kvcsr_widgets.vault.client import Vault


@dataclass(frozen=True)
class Search:
    """What to look for and where.

    ``replies`` are files that were read; ``folder`` is one on this machine, empty for none, whose
    files are read too. ``others`` are vaults beside the first one, by name or URL.
    """

    replies: tuple[ReplyFile, ...] = ()
    folder: str = ""
    versions: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One match a reply, and notes on what could not be read.

    ``others`` tell for the host of a vault beside the first how to open it.
    """

    matches: tuple[Match, ...] = ()
    notes: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def search(
    vault: Vault,
    wanted: Search,
    now: dt.datetime,
    *,
    plan_of: PlanOf,
    downloaded_of: Callable[[Home], SentCsr | None],
    tell: Tell,
) -> Found:
    """Read folder and vaults and match the replies; ``now`` is an aware time.

    ``plan_of`` and ``downloaded_of`` are as in ``matching.match``.

    Raises InputError for a folder that cannot be read, AddressError for a vault that cannot be,
    and StoppedError where ``tell`` says so. What else fails is a note.
    """

    def progress(done: int, total: int) -> None:
        if not tell(done, total):
            raise StoppedError("Stopped. Nothing was changed.")

    replies, notes = list(wanted.replies), list[str]()
    if wanted.folder.strip():
        folder = read_folder(wanted.folder)
        replies.extend(read_replies(folder.files))
        notes.extend(folder.notes)
    with opened(vault, wanted.others) as (vaults, others):
        index = read_index(vaults, versions=wanted.versions, progress=progress)
    matches = match(replies, index, now, plan_of=plan_of, downloaded_of=downloaded_of)
    return Found(tuple(matches), (*notes, *index.notes), tuple(others.items()))


def merge_found(
    vault: Vault, found: Found, matches: Sequence[Match], now: dt.datetime, *, tell: Tell
) -> list[Outcome]:
    """Merge ``matches``, which are some of those found, as ``batch.merge_all`` does."""
    needed = {each.home.vault for each in matches if each.home is not None}
    beside = [told for host, told in found.others if host in needed]
    with opened(vault, beside) as (vaults, _):
        return merge_all(matches, {each.host: each for each in vaults}, now, tell=tell)


@contextmanager
def opened(vault: Vault, others: Sequence[str]) -> Iterator[tuple[list[Vault], dict[str, str]]]:
    """``vault`` and those beside it, each once, and how each was told by its host.

    Those beside it are closed at the end. Raises AddressError where there can be no such vault.
    """
    vaults, told = [vault], dict[str, str]()
    with ExitStack() as stack:
        for name in others:
            beside = stack.enter_context(closing(vault.beside(name)))
            if beside.host not in (vault.host, *told):
                vaults.append(beside)
                told[beside.host] = name
        yield vaults, told
