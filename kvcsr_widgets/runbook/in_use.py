"""The version in use: enable it, disable it, delete it with all that belongs to its name.

As in ``giving_up``, each step looks again before it acts, and changes nothing where somebody else
has merged, asked for or deleted something in between.
"""

from __future__ import annotations

from kvcsr_widgets.runbook.availability import State
from kvcsr_widgets.runbook.giving_up import UNCHANGED, Outcome, kept_until, unless_others
from kvcsr_widgets.runbook.standing import Standing
from kvcsr_widgets.vault.client import Vault


def set_enabled(vault: Vault, seen: Standing, *, enabled: bool) -> Outcome:
    """Enable or disable the version that was ``seen``. Raises VaultError."""
    word = "enabled" if enabled else "disabled"

    def step(now: Standing) -> Outcome | None:
        if now.issued is None or not _same_version(now, seen):
            return None
        if now.issued.enabled is enabled:
            return Outcome(False, f"“{now.name}” is {word} already.", UNCHANGED, now.operation)
        vault.set_enabled(now.name, enabled)
        return Outcome(True, f"“{now.name}” is {word}.", operation=now.operation)

    return unless_others(vault, seen, step)


def delete_issued(vault: Vault, seen: Standing) -> Outcome:
    """Delete a certificate with all its versions, the newest of which was ``seen``.

    One with an open request is left alone: its key would go with it. Raises VaultError.
    """

    def step(now: Standing) -> Outcome | None:
        if now.found.state is not State.IN_USE or not _same_version(now, seen):
            return None
        purge = vault.delete(now.name)
        return Outcome(True, f"“{now.name}” is deleted with all its versions.", kept_until(purge))

    return unless_others(vault, seen, step)


def _same_version(now: Standing, seen: Standing) -> bool:
    if now.issued is None or seen.issued is None:
        return now.issued is seen.issued
    return now.issued.thumbprint == seen.issued.thumbprint
