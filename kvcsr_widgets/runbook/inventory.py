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
from kvcsr_widgets.runbook.entries import Entry, Key, Part
from kvcsr_widgets.runbook.frame import frame_of
from kvcsr_widgets.runbook.loading import AT_ONCE, NOTHING, Counts, Loader, Wanted
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
            (each.vault, each.failed)
            for each in self.entries
            if isinstance(each.error, ForbiddenError) and each.error.cause in _PERMISSION
        )
        return tuple(_missing(*what, count) for what, count in refused.items())


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
    chains: bool = False,
    progress: Callable[[Progress], object] | None = None,
    cancel: threading.Event | None = None,
    before: Inventory | None = None,
    at_once: int = AT_ONCE,
    now: datetime | None = None,
) -> Inventory:
    """Read the certificates of vaults and the requests that matter.

    A request is read where nothing was merged yet, where the certificate is disabled, and in the
    last fifth of its life: the list does not tell of a renewal, so one that began earlier is not
    seen. Vaults of one host are one vault.

    ``details`` reads every certificate and its policy, too: one more request each. ``chains``
    reads with them how long the chain is, where the policy says that the key cannot be exported:
    one more request each, which the vault's log has as SecretGet. The secret of an exportable key
    holds the private key: it is not read where the policy allows its export, or was changed after
    the version was made. A change while the request was open cannot be told from the vault's
    dates; a secret that holds a key then counts as not known, and nothing of it is kept.

    ``before`` is an earlier inventory: the details of what the list tells the same of are taken
    from it, so that only what changed is read again. A change of the policy alone is none that
    the list tells.

    ``progress`` is called in this thread as pages and answers arrive, about ten times a second at
    most; ``cancel``, once set, ends the load with what was read, in about a second. At most
    ``at_once`` reads of each vault run beside its paging. ``now`` is an aware time, the machine's
    by default.

    Nothing raises VaultError: a vault or a certificate that cannot be read has an entry with its
    error.
    """
    given = (vaults,) if isinstance(vaults, Vault) else tuple(vaults)
    found = tuple({vault.host: vault for vault in given}.values())
    moment = now or datetime.now(UTC)
    loader = Loader(
        found,
        Wanted(moment, details, details and chains, before.by_key if before is not None else {}),
        at_once=at_once,
        stop=cancel or threading.Event(),
    )

    def so_far(*, stopped: bool = False) -> Inventory:
        return Inventory(loader.entries(), moment, details, stopped, loader.counts)

    def tell() -> None:
        if progress is not None:
            progress(Progress(loader.counts, so_far))

    loader.run(tell)
    return so_far(stopped=not loader.counts.ended)


def _missing(vault: str, part: Part | None, count: int) -> str:
    some = "one certificate" if count == 1 else f"{count:,} certificates"
    what, permission, role = _MISSING[part or Part.LIST]
    return (
        f"{vault}: {what.format(some=some)} The permission {permission} gives it, or the role "
        f"{role}."
    )


_PERMISSION = ("", "access-policy", "rbac")
"""Of the causes of a refusal, those that a permission mends; a firewall is none."""

_READER = "Key Vault Reader"
_MISSING = {
    Part.LIST: (
        "the certificates may not be listed.",
        "“list” for certificates",
        _READER,
    ),
    Part.REQUEST: (
        "the requests of {some} may not be read, so where they stand is not known.",
        "“get” for certificates",
        _READER,
    ),
    Part.CERTIFICATE: (
        "{some} may not be read, so their details are not known.",
        "“get” for certificates",
        _READER,
    ),
    Part.CHAIN: (
        "the secrets of {some} may not be read, so how long their chains are is not known.",
        "“get” for secrets",
        "Key Vault Secrets User",
    ),
}
"""What is missing, the permission of an access policy, and Azure's role that has it."""
