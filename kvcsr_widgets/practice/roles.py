"""Who may do what: three roles in the manner of Azure's, and the action that each route asks for.

The actions are the data actions of Azure's role definitions. ``officer`` may do all that this
vault knows; Azure's Certificates Officer could not read the secret. ``reader`` reads, except
secrets, as Azure's Key Vault Reader; ``none`` is signed in and may do nothing.
"""

from __future__ import annotations

ROLES = ("officer", "reader", "none")
SECRET = "secrets/getSecret/action"  # noqa: S105 - an action's name


def allows(role: str, action: str) -> bool:
    """Whether a role holds an action, such as ``certificates/create/action``."""
    return role == "officer" or (role == "reader" and action.endswith("/read"))
