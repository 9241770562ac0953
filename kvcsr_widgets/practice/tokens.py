"""Sign-in at the practice vault: JSON Web Tokens that it issues and checks.

The refusals: no token and wrong audience or issuer are the service's texts (AKV10000, AKV10022,
AKV10032), an expired token is azure-sdk-for-python#27266.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

import jwt

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.clock import Clock
from kvcsr_widgets.practice.roles import ROLES
from kvcsr_widgets.practice.store import Store

DOMAIN = "vault.practice.invalid"
"""Below ``.invalid`` (RFC 2606): should a request ever get out, no name server knows it."""

TENANT = "00000000-0000-4000-8000-000000000000"
AUTHORITY = f"https://login.practice.invalid/{TENANT}"
LIFETIME = 3600
"""Seconds that a token is good for."""

_KEY = "token-key"


def resource_of(host: str) -> str:
    """The resource of a vault's host: all but the first label, as in Azure.

    A client asks for a token for it only if the host ends in it. That holds for
    ``127.0.0.1:8443`` too, whose resource is ``https://0.0.1:8443``.
    """
    return f"https://{host.partition('.')[2] or host}"


def challenge(host: str) -> str:
    """The ``WWW-Authenticate`` header of a vault's 401."""
    return f'Bearer authorization="{AUTHORITY}", resource="{resource_of(host)}"'


class Tokens:
    """Issues and checks the tokens of the vaults of one state."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.clock = clock
        with store.transaction():
            key = store.secret(_KEY)
            if key is None:
                key = secrets.token_bytes(32)
                store.set_secret(_KEY, key)
        self._key = key
        self._claims = lru_cache(maxsize=64)(self._decode)  # a client sends one token many times

    def issue(self, resource: str, role: str = ROLES[0]) -> tuple[str, int]:
        """A token for a resource in a role, and the Unix second in which it ends."""
        now = int(self.clock())
        expires = now + LIFETIME
        claims = {
            "aud": resource,
            "iss": f"{AUTHORITY}/",
            "iat": now,
            "nbf": now,
            "exp": expires,
            "roles": [role],
        }
        return jwt.encode(claims, self._key, algorithm="HS256"), expires

    def check(self, authorization: str | None, resource: str) -> str:
        """The role that a good token holds; raises the service's 401 for any other header."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refusals.unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
        try:
            claims = self._claims(token)
        except jwt.InvalidTokenError as error:
            raise refusals.unauthorized("Error validating token: 'IDX10511'.") from error
        self._check_claims(claims["iss"], claims["aud"], claims["exp"], resource)
        return str(claims["roles"][0])

    def _decode(self, token: str) -> dict[str, Any]:
        """The claims of a token with a good signature; their dates are checked elsewhere."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key,
            algorithms=["HS256"],
            options={
                "verify_exp": False,
                "verify_nbf": False,
                "verify_aud": False,
                "verify_iat": False,
                "require": ["aud", "iss", "exp", "roles"],
            },
        )
        return claims

    def _check_claims(
        self, issuer: object, audience: object, expires: float, resource: str
    ) -> None:
        if issuer != f"{AUTHORITY}/":
            raise refusals.unauthorized(
                f"AKV10032: Invalid issuer. Expected one of {AUTHORITY}/, found {issuer}."
            )
        if audience != resource:
            raise refusals.unauthorized(
                f"AKV10022: Invalid audience. Expected {resource}, found: {audience}."
            )
        if self.clock() >= expires:
            raise refusals.unauthorized("[TokenExpired] Error validating token: 'S2S12086'.")
