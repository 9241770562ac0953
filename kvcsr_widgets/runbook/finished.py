"""Whether what a notebook is for is done: sentences on what is so, and on what is missing.

One function a notebook. Each takes what was read of the vault, or is known here, and says no more
than that can tell. Those of notebooks 04 and 07 are in ``looked_after`` and ``renewal``, which load
more than the others need.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kvcsr_widgets.pki.pending import SentCsr, Status
from kvcsr_widgets.pki.plan import SELF, UNKNOWN
from kvcsr_widgets.runbook.handed_over import HandedOver
from kvcsr_widgets.runbook.progress import by_hand, waits_for_merge
from kvcsr_widgets.runbook.steps import StepStanding, StepState
from kvcsr_widgets.vault.records import Operation

MAX_NAMED = 5
"""So many certificates are named in one sentence."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a notebook is for: that it is done, or what is missing.

    ``waits`` is whether what is missing is for a CA to do, not for the reader.
    """

    said: str
    done: bool
    waits: bool = False


Points = tuple[Point, ...]

CLOSED: Points = (Point("No vault is open: press Connect above.", False),)
"""What is missing where nothing can be read."""


def standing(points: Sequence[Point]) -> StepStanding:
    """Where the notebook stands as a whole."""
    left = [point for point in points if not point.done]
    if points and not left:
        return StepStanding(StepState.DONE)
    if left and all(point.waits for point in left):
        return StepStanding(StepState.WAITING)
    return StepStanding(StepState.TO_DO)


def connected(host: str, *, practice: bool) -> Points:
    """Notebook 00: a vault answers."""
    which = "The practice vault" if practice else f"The vault {host}"
    return (Point(f"{which} is open and answers.", True),)


def handed_over(
    operations: Iterable[Operation], selected: str, host: str, left: HandedOver
) -> Points:
    """Notebook 01: a request waits, and its CSR left for the CA (``runbook.handed_over``).

    ``selected`` is the name of the request in hand, empty for none.
    """

    def has_left(operation: Operation) -> bool:
        sent = left.of(host, operation.name)
        return operation.csr is not None and sent == SentCsr.of(operation.csr)

    found = _in_question(operations, selected, has_left)
    if found is None:
        return (Point("No request waits for a CA: fill in the form and create the CSR.", False),)
    if found.status is Status.COMPLETED:
        return (Point(f"“{found.name}” was created, and its certificate is merged.", True),)
    gone = (
        Point(f"The CSR of “{found.name}” was downloaded or copied.", True)
        if has_left(found)
        else Point(f"The CSR of “{found.name}” has not left yet: download it above.", False)
    )
    return (Point(f"“{found.name}” waits in the vault for its CA.", True), gone)


def signed(
    operations: Iterable[Operation],
    selected: str,
    *,
    taken: Collection[str],
    fits: Callable[[Operation], bool],
    practice: bool,
    made: bool = False,
) -> Points:
    """Notebook 02: there is a reply to the request.

    ``taken`` are the request ids of those whose reply by the practice CA was downloaded; ``made``
    is whether one to the selected request is there to download. ``fits`` tells whether a file at
    hand holds a certificate over the key of a request. A CA outside tells nobody here that it has
    signed.
    """

    def answered(operation: Operation) -> bool:
        return operation.request_id in taken or fits(operation)

    found = _in_question(operations, selected, answered)
    if found is None:
        return (Point("No request waits for a CA: create one first (notebook 01).", False),)
    name = f"“{found.name}”"
    if found.status is Status.COMPLETED:
        return (Point(f"{name} was signed, and its certificate is merged.", True),)
    if fits(found):
        return (Point(f"Your file holds a certificate for {name}.", True),)
    if found.request_id in taken:
        return (Point(f"The practice CA signed {name}, and you have the file.", True),)
    if made and found.name == selected:
        return (Point(f"The practice CA signed {name}: download the .p7b above.", False),)
    here = "sign it above and download the .p7b; or " if practice else ""
    missing = f"{here}wait for your CA, then choose its file below to see whether it fits."
    return (Point(f"There is no reply to {name} yet: {missing}", False, waits=not practice),)


def merged(
    operations: Iterable[Operation], enabled: Mapping[str, bool], recent: Collection[str] = ()
) -> Points:
    """Notebook 03: a certificate of a CA is merged, and enabled.

    ``enabled`` tells for each issued certificate whether it may be used; ``recent`` are the names
    that were merged here last, or are in hand.
    """
    known = [each for each in operations if by_hand(each)]
    done = [each for each in known if each.status is Status.COMPLETED]
    if not done:
        waits = any(map(waits_for_merge, known))
        missing = "choose the CA's file and press Merge" if waits else "create one (notebook 01)"
        return (Point(f"No request of a CA is completed yet: {missing}.", False),)
    found = min(done, key=lambda each: (each.name not in recent, not enabled.get(each.name)))
    said = Point(f"The request of “{found.name}” is completed.", True)
    if found.name not in enabled:
        return (said, Point(f"Whether “{found.name}” is enabled was not read yet.", False))
    if enabled[found.name]:
        return (said, Point(f"The certificate “{found.name}” is enabled.", True))
    return (said, Point(f"“{found.name}” is disabled: enable it in notebook 04.", False))


def ordered(issuers: Sequence[str], contacts: int, operations: Iterable[Operation]) -> Points:
    """Notebook 05: an issuer and a contact are there, and an order at an issuer is completed."""
    people = "One contact is" if contacts == 1 else f"{contacts} contacts are"
    own = [each for each in operations if each.issuer.lower() not in _EVERY_VAULT]
    return (
        Point(f"The vault can order from {listed(issuers)}.", True)
        if issuers
        else Point("The vault has no issuer yet: save one above.", False),
        Point(f"{people} told before a certificate expires.", True)
        if contacts
        else Point("The vault has no contact yet: save one above.", False),
        _order(own),
    )


_EVERY_VAULT = (SELF.lower(), UNKNOWN.lower())


def _order(own: Sequence[Operation]) -> Point:
    """What became of the orders at issuers of the vault."""
    by_status = {each.status: each for each in own}
    if found := by_status.get(Status.COMPLETED):
        return Point(f"“{found.name}” was ordered from {found.issuer} and is issued.", True)
    if found := by_status.get(Status.IN_PROGRESS):
        return Point(f"{found.issuer} is at work on “{found.name}”.", False, waits=True)
    if found := by_status.get(Status.FAILED):
        return Point(
            f"The order of “{found.name}” failed: correct the issuer's account, then order again.",
            False,
        )
    return Point("Nothing was ordered yet: choose your issuer in the request above.", False)


def trained(drills: Iterable[tuple[str, bool]]) -> Points:
    """Notebook 06: every drill is solved. A pair has its title, and whether it is."""
    known = tuple(drills)
    missing = [title for title, solved in known if not solved]
    said = Point(f"{len(known) - len(missing)} of {len(known)} drills are solved.", not missing)
    return (said, Point(f"Not solved yet: {listed(missing)}.", False)) if missing else (said,)


def copied(tool: str, steps: Mapping[str, bool], problems: Sequence[str]) -> Points:
    """Notebook 08: every step of the job was copied for a tool.

    ``steps`` tells that of each by its label. ``problems`` are what stands against writing them.
    """
    if problems:
        return tuple(Point(said, False) for said in problems)
    return tuple(
        Point(f"{label}: {f'copied for {tool}' if taken else 'not copied yet'}.", taken)
        for label, taken in steps.items()
    )


def _in_question(
    operations: Iterable[Operation], selected: str, answered: Callable[[Operation], bool]
) -> Operation | None:
    """The request that a notebook is about: the one in hand, else the one that is furthest."""
    known = [
        each
        for each in operations
        if by_hand(each) and each.status in (Status.IN_PROGRESS, Status.COMPLETED)
    ]

    def rank(operation: Operation) -> tuple[bool, bool, bool]:
        waits = operation.status is Status.IN_PROGRESS
        return operation.name != selected, not waits, not answered(operation)

    return min(known, key=rank, default=None)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, the first of many."""
    more = len(names) - MAX_NAMED
    shown = ", ".join(f"“{name}”" for name in names[:MAX_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
