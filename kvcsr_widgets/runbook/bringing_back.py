"""Deleted certificates: recover them, or purge them for good.

Each step looks again before it acts, so that nothing happens to a certificate that somebody else
has deleted under the same name in between.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from kvcsr_widgets.errors import ConflictError, InputError, NotFoundError, VaultError
from kvcsr_widgets.runbook.availability import State, look_up
from kvcsr_widgets.runbook.giving_up import UNCHANGED, Outcome
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted

PAUSES = (1, 2, 2, 2, 3)
"""Seconds between looks for what was recovered: 5 to 8 seconds were recorded."""

PROTECTED = "This vault has purge protection: nobody can purge what it deleted."


def recover(vault: Vault, seen: Deleted, *, sleep: Callable[[float], None] = time.sleep) -> Outcome:
    """Bring back the certificate that was ``seen``, and wait until it shows. Raises VaultError."""

    def step(_now: Deleted) -> Outcome:
        vault.deleted.recover(seen.name)
        if not _shows(vault, seen.name, sleep):
            return Outcome(True, f"“{seen.name}” is being recovered.", "It will show soon.")
        operation = look_up(vault, seen.name).operation
        return Outcome(True, f"“{seen.name}” is recovered.", "It is as it was before.", operation)

    return _unless_others(vault, seen, step)


def purge(vault: Vault, seen: Deleted) -> Outcome:
    """Remove the deleted certificate that was ``seen``, for good.

    Raises VaultError, InputError in a vault with purge protection, of which a list tells nothing.
    """

    def step(now: Deleted) -> Outcome:
        if not now.purgeable:
            raise InputError(PROTECTED, hint="Wait until the vault purges it, or recover it.")
        vault.deleted.purge(seen.name)
        return Outcome(True, f"“{seen.name}” is purged.", "Its name is free in some seconds.")

    return _unless_others(vault, seen, step)


def _unless_others(vault: Vault, seen: Deleted, step: Callable[[Deleted], Outcome]) -> Outcome:
    """Take the step on what was seen; where that is no longer so, tell what is there now."""
    try:
        now = vault.deleted.get(seen.name)
        if not _same(now, seen):
            told = f"Another certificate “{seen.name}” was deleted than the one shown here."
            return Outcome(False, told, UNCHANGED)
        return step(now)
    except (NotFoundError, ConflictError) as error:
        then = look_up(vault, seen.name)
        if then.error is not None:
            raise then.error from error
        if then.state is State.DELETED and then.deleted is not None and _same(then.deleted, seen):
            raise  # it is not that somebody else was quicker
        gone = then.sentence
        if then.state is State.FREE:  # or somebody is bringing it back: it shows nowhere then
            gone = "it was purged, or is being recovered."
        return Outcome(
            False, f"“{seen.name}” is not among the deleted ones: {gone}", UNCHANGED, then.operation
        )


def _same(now: Deleted, seen: Deleted) -> bool:
    return (now.deleted, now.thumbprint) == (seen.deleted, seen.thumbprint)


def _shows(vault: Vault, name: str, sleep: Callable[[float], None]) -> bool:
    """Whether what is being recovered is there again, soon."""
    for pause in (*PAUSES, 0):
        try:
            vault.certificate(name)
        except VaultError:  # not there yet, or nothing is known: it was asked for all the same
            sleep(pause)
        else:
            return True
    return False
