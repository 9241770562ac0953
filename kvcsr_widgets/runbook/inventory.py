"""Every certificate of one vault or of several, and where its request stands.

The list of a vault has names, dates, tags and thumbprints, 25 a page, and each page names the next
one. Requests are read beside the paging, and only where the list says that they matter.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import pandas as pd

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.runbook.entries import Entry, Key, State
from kvcsr_widgets.runbook.frame import frame_of
from kvcsr_widgets.runbook.loading import AT_ONCE, NOTHING, Counts, Loader
from kvcsr_widgets.vault.client import Vault


@dataclass(frozen=True)
class Inventory:
    """What was read, vault by vault and by name.

    ``read_at`` is when; ``details`` whether certificates and policies were read, too. ``stopped``
    is whether a person ended it before everything was read. ``counts`` tell what was read.
    """

    entries: tuple[Entry, ...]
    read_at: datetime
    details: bool = False
    stopped: bool = False
    counts: Counts = NOTHING

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The entries as a DataFrame; ``runbook.frame.COLUMNS`` and ``DETAILS`` tell its columns.

        Its rows are the entries, in the same order.
        """
        return frame_of(self.entries, self.read_at, details=self.details)

    @cached_property
    def by_key(self) -> dict[Key, Entry]:
        """The certificates by vault and name."""
        return {each.key: each for each in self.entries if each.certificate is not None}

    @property
    def missing(self) -> tuple[str, ...]:
        """What could not be read for want of a permission, and who gives it; a sentence each."""
        refused = Counter(
            (each.vault, each.certificate is None)
            for each in self.entries
            if isinstance(each.error, ForbiddenError)
        )
        return tuple(_missing(*what, count) for what, count in refused.items())

    def number(self, state: State) -> int:
        """How many requests stand so."""
        return sum(each.state is state for each in self.entries)


@dataclass(frozen=True)
class Progress:
    """How far a load is: ``counts`` now, and ``so_far`` gives the inventory that is there.

    ``so_far`` may be called from any thread, also later.
    """

    counts: Counts
    so_far: Callable[[], Inventory]


def load(
    vaults: Vault | Sequence[Vault],
    *,
    details: bool = False,
    progress: Callable[[Progress], object] | None = None,
    cancel: threading.Event | None = None,
    before: Inventory | None = None,
    at_once: int = AT_ONCE,
    now: datetime | None = None,
) -> Inventory:
    """Read the certificates of vaults and the requests that matter.

    ``details`` reads every certificate and its policy, too: one more request each.
    ``before`` is an earlier inventory: the details of what has not changed since are taken from
    it. ``progress`` is called in this thread as pages and answers arrive; ``cancel``, once set,
    ends the load with what was read. At most ``at_once`` reads run beside the paging. ``now`` is
    an aware time, the machine's by default.

    Nothing raises VaultError: a vault or a certificate that cannot be read has an entry with its
    error.
    """
    found = (vaults,) if isinstance(vaults, Vault) else tuple(vaults)
    moment = now or datetime.now(UTC)
    loader = Loader(
        found,
        moment,
        details=details,
        at_once=at_once,
        known=before.by_key if before is not None else {},
        stop=cancel or threading.Event(),
    )

    def so_far(*, stopped: bool = False) -> Inventory:
        return Inventory(loader.entries(), moment, details, stopped, loader.counts)

    def tell() -> None:
        if progress is not None:
            progress(Progress(loader.counts, so_far))

    loader.run(tell)
    return so_far(stopped=not loader.counts.ended)


def _missing(vault: str, listed: bool, count: int) -> str:
    if listed:
        return (
            f"{vault}: the certificates may not be listed. The permission “list” for certificates "
            "gives it, or the role Key Vault Reader."
        )
    some = "one certificate" if count == 1 else f"{count:,} certificates"
    return (
        f"{vault}: the requests of {some} may not be read, so where they stand is not known. The "
        "permission “get” for certificates gives it, or the role Key Vault Reader."
    )
