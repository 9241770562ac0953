"""Merge many replies, each into its request, with one result a reply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from kvcsr_widgets.errors import InputError, KvcsrError
from kvcsr_widgets.runbook.matching import Match
from kvcsr_widgets.runbook.merging import Merged, merge
from kvcsr_widgets.vault.client import Vault

AT_ONCE = 4
"""Merges that run at the same time."""

Tell = Callable[[int, int], bool]
"""Takes how many of how many are done; gives whether to go on."""


@dataclass(frozen=True)
class Outcome:
    """What became of one reply: merged, or the error that says why not."""

    match: Match
    merged: Merged | None = None
    error: KvcsrError | None = None


def merge_all(
    matches: Iterable[Match], vaults: Mapping[str, Vault], now: dt.datetime, *, tell: Tell
) -> list[Outcome]:
    """Merge those that can be merged, some at once, in their order; ``vaults`` are open, by host.

    An error of one ends no other. Once ``tell`` says to stop, no more are begun; those that are
    being merged by then are waited for, and are among the outcomes.
    """
    waiting = [each for each in matches if each.can_be_merged]
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(waiting), AT_ONCE):
            go_on = True
            some = waiting[start : start + AT_ONCE]
            for outcome in pool.map(lambda each: _merged(each, vaults, now), some):
                outcomes.append(outcome)
                go_on = tell(len(outcomes), len(waiting)) and go_on
            if not go_on:
                break
    return outcomes


def _merged(match: Match, vaults: Mapping[str, Vault], now: dt.datetime) -> Outcome:
    if match.home is None or match.request is None:
        return Outcome(match, error=InputError("The request of this reply is not known."))
    vault = vaults.get(match.home.vault)
    if vault is None:
        return Outcome(
            match,
            error=InputError(
                f"{match.home.vault} is not open any more.", hint="Search again, then merge."
            ),
        )
    try:
        return Outcome(match, merge(vault, match.request, match.chain(now)))
    except KvcsrError as error:
        return Outcome(match, error=error)
