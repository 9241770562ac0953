"""Who may do what: four roles, and the action that each route asks for.

The actions are the data actions of Azure's role definitions. ``officer`` may do all that this
vault knows; Azure's Certificates Officer could not read the secret. ``reader`` reads, except
secrets, as Azure's Key Vault Reader; ``none`` is signed in and may do nothing. ``lister`` is not
one of Azure's: it stands for an access policy that has the permission List for certificates and
nothing else, since Azure's actions do not tell listing from reading.
"""

from __future__ import annotations

LISTER = "lister"
ROLES = ("officer", "reader", LISTER, "none")
SECRET = "secrets/getSecret/action"  # noqa: S105 - an action's name

_PERMISSIONS = {
    "certificates/read": "certificates get",
    "certificates/create/action": "certificates create",
    "certificates/import/action": "certificates import",
    "certificates/update/action": "certificates update",
    "certificates/delete": "certificates delete",
    "certificates/backup/action": "certificates backup",
    "certificates/restore/action": "certificates restore",
    "certificates/recover/action": "certificates recover",
    "certificates/purge/action": "certificates purge",
    "certificatecontacts/read": "certificates managecontacts",
    "certificatecontacts/write": "certificates managecontacts",
    "certificatecas/read": "certificates getissuers",
    "certificatecas/write": "certificates setissuers",
    "certificatecas/delete": "certificates deleteissuers",
    SECRET: "secrets get",
    "keys/read": "keys get",
}
"""Of an access policy, by action; a list asks for list where the action says get."""


def permission(action: str, *, lists: bool = False) -> str:
    """The permission of an access policy for an action, such as ``certificates get``."""
    found = _PERMISSIONS[action]
    return found.replace(" get", " list") if lists else found


def allows(role: str, action: str, *, lists: bool = False) -> bool:
    """Whether a role holds an action, such as ``certificates/create/action``.

    ``lists`` is whether the route is a list.
    """
    if role == LISTER:
        return permission(action, lists=lists) == "certificates list"
    return role == "officer" or (role == "reader" and action.endswith("/read"))
