"""What the panels of a notebook share: the vault, its requests, the one in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import traitlets as t

from kvcsr_widgets.panels import later
from kvcsr_widgets.panels.desk_reading import DeskReading
from kvcsr_widgets.panels.desk_requests import DeskRequests, Found
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.loading import NOTHING, Counts
from kvcsr_widgets.runbook.progress import waits_for_merge
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.runbook.requests import Requests
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

Told = Callable[[Callable[[], object]], object]
"""Gets a function that ends a reading: it raises VaultError where that failed."""


def _plainly(end: Callable[[], object]) -> None:
    end()


class Desk(t.HasTraits):
    """The state lies in the vault; this is only what was last read of it.

    ``operations`` are the requests that have a CSR, of those that ``runbook.requests`` reads;
    ``requests`` those of them that a person has to merge. ``revision`` counts up whenever
    something in the vault was changed from here, or another one was opened: what else was read of
    it is old then. ``touched`` has the names, where it was requests. ``readings`` counts up with
    each change of what stands here, that one too.

    ``reading`` is whether the requests are being read; ``counts`` tell how far that is, and
    ``last`` what came of it, unless it ``failed``. ``left`` counts up with each CSR that left for
    its CA from here. ``watched_by`` is the panel that began to watch the requests last.
    """

    vault = t.Instance(Vault, allow_none=True, read_only=True)
    operations = t.Tuple(read_only=True)
    requests = t.Tuple(read_only=True)
    selected = t.Unicode()
    revision = t.Int(read_only=True)
    readings = t.Int(read_only=True)
    reading = t.Bool(read_only=True)
    counts = t.Instance(Counts, read_only=True)
    last = t.Instance(Requests, read_only=True)
    failed = t.Bool(read_only=True)
    left = t.Int(read_only=True)
    watched_by = t.Any(None)

    def __init__(self) -> None:
        super().__init__()
        self.set_trait("counts", NOTHING)
        self.set_trait("last", Requests())
        self._plans: dict[str, CertificatePlan] = {}
        self._under_way: DeskReading | None = None
        self.touched: frozenset[str] = frozenset()
        self._known = DeskRequests()

    @property
    def current(self) -> Operation | None:
        """The request in hand, if it waits for a merge."""
        return next((o for o in self.requests if o.name == self.selected), None)

    @property
    def looked_at(self) -> Operation | None:
        """The request in hand, whatever became of it."""
        return next((o for o in self.operations if o.name == self.selected), None)

    def plan_of(self, operation: Operation) -> CertificatePlan | None:
        """What was sent from here to make this request, if it was."""
        return self._plans.get(operation.request_id)

    def open(self, vault: Vault, told: Told = _plainly) -> None:
        """Work on this vault from now on, and read its requests.

        In a running loop the vault is open at once and its requests come later. Otherwise they are
        waited for: raises VaultError if they cannot be read, and then nothing is open.
        """
        self.leave()
        if later.running_loop() is None:
            self._read(vault, told)
            return
        with self.hold_trait_notifications():  # nobody sees it open and not being read
            self._begin(vault)
            self._read(vault, told)

    def leave(self) -> None:
        """Close the vault, if one is open."""
        self.stop()
        self._under_way = None
        if self.vault is not None:
            self.vault.close()
        with self.hold_trait_notifications():
            self.set_trait("reading", False)
            self.set_trait("failed", False)
            self.set_trait("last", Requests())
        self._begin(None)

    def refresh(self, told: Told = _plainly) -> None:
        """Read the requests again, beside what else is done where a loop runs.

        ``told`` is called at its end. Where reading fails, what was read before is kept.
        """
        if self.vault is not None:
            self._read(self.vault, told)

    def stop(self) -> None:
        """End a reading of the requests soon, with what was read."""
        if self._under_way is not None:
            self._under_way.stop()

    def look(self, name: str) -> None:
        """Read one request again, which was changed here or elsewhere. Raises VaultError."""
        if self.vault is not None:
            self.edit({name: request_of(self.vault, name)})

    def add(self, operation: Operation, plan: CertificatePlan | None = None) -> None:
        """A request was made here, from ``plan``: take it in hand."""
        self.remember(operation, plan)
        self.edit({operation.name: operation}, operation.name)

    def remember(self, operation: Operation, plan: CertificatePlan | None) -> None:
        """From which plan a request was made here, if that is known."""
        if plan is not None:
            self._plans[operation.request_id] = plan

    def finish(self, *names: str) -> None:
        """Requests were merged here: they wait no more."""
        self.edit(self._known.merged(names), "" if self.selected in names else None)

    def drop(self, name: str) -> None:
        """A request was deleted: no other is taken in hand in its place."""
        selected = self.selected
        with self.hold_trait_notifications():
            self.edit({name: None})
            self.selected = "" if selected == name else selected

    def edit(self, found: Found, selected: str | None = None) -> None:
        """Requests were changed here, and stand so now; ``selected`` is taken in hand.

        Several are told at once: ``touched`` has those of the last telling.
        """
        self._known.learn(found)
        self.touched = frozenset(found)
        with self.hold_trait_notifications():
            self.set_trait("revision", self.revision + 1)
            self._put(selected)

    def learn(self, found: Found) -> None:
        """Requests were found to stand otherwise; nothing was changed here."""
        self._known.learn(found)
        self._put()

    def csr_left(self) -> None:
        """A CSR left for its CA, as ``runbook.handed_over`` has it."""
        self.set_trait("left", self.left + 1)

    def changed(self) -> None:
        """Something else than a request was changed here, such as an issuer."""
        self.touched = frozenset()
        with self.hold_trait_notifications():
            self.set_trait("revision", self.revision + 1)
            self.set_trait("readings", self.readings + 1)

    def _read(self, vault: Vault, told: Told) -> None:
        self.stop()
        self._known.begin()
        self._under_way = reading = DeskReading(vault)
        with self.hold_trait_notifications():
            self.set_trait("counts", NOTHING)
            self.set_trait("reading", True)
        reading.run(partial(self._count, reading), partial(self._ended, reading, told))

    def _count(self, reading: DeskReading) -> None:
        if reading is self._under_way:
            self.set_trait("counts", reading.counts)

    def _ended(self, reading: DeskReading, told: Told, end: Callable[[], Requests]) -> None:
        if reading is self._under_way:  # otherwise the vault was left, or is read anew
            told(lambda: self._take(reading, end))

    def _take(self, reading: DeskReading, end: Callable[[], Requests]) -> None:
        self._under_way = None
        with self.hold_trait_notifications():
            self.set_trait("reading", False)
            self.set_trait("counts", reading.counts)
            self.set_trait("failed", True)
            found = end()
            self.set_trait("failed", False)
            self.set_trait("last", found)
            if self.vault is reading.vault:
                self._known.take(found)
                self._put()
            else:
                self._begin(reading.vault, found.operations)

    def _begin(self, vault: Vault | None, operations: Iterable[Operation] = ()) -> None:
        """Another vault is open, or none."""
        self.touched = frozenset()
        self.set_trait("vault", vault)
        with self.hold_trait_notifications():
            self.set_trait("revision", self.revision + 1)
            self._known.put(operations)
            self._put()

    def _put(self, selected: str | None = None) -> None:
        """Tell what is known now."""
        found = self._known.all
        wanted = self.selected if selected is None else selected
        waiting = tuple(o for o in found if waits_for_merge(o))
        known = any(o.name == wanted for o in found)
        with self.hold_trait_notifications():
            self.set_trait("operations", found)
            self.set_trait("requests", waiting)
            self.selected = wanted if known else self._only(waiting)
            self.set_trait("readings", self.readings + 1)

    def _only(self, waiting: Sequence[Operation]) -> str:
        """The request that is taken in hand by itself where none is: the only one that waits."""
        return waiting[0].name if len(waiting) == 1 else ""
