"""Sign-in at the practice vault: JSON Web Tokens that it issues to this process and checks.

The refusals: no token and wrong audience or issuer are the service's texts (AKV10000, AKV10022,
AKV10032), an expired token is azure-sdk-for-python#27266.
"""

from __future__ import annotations

import secrets

import jwt

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.rules import Clock
from kvcsr_widgets.practice.store import Store

DOMAIN = "vault.practice.invalid"
"""Below ``.invalid`` (RFC 2606): should a request ever get out, no name server knows it."""

HOST = f"practice.{DOMAIN}"
RESOURCE = f"https://{DOMAIN}"
TENANT = "00000000-0000-4000-8000-000000000000"
AUTHORITY = f"https://login.practice.invalid/{TENANT}"
CHALLENGE = f'Bearer authorization="{AUTHORITY}", resource="{RESOURCE}"'
LIFETIME = 3600
"""Seconds that a token is good for."""

_KEY = "token-key"


class Tokens:
    """Issues and checks the tokens of one practice vault."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.clock = clock
        with store.transaction():
            key = store.secret(_KEY)
            if key is None:
                key = secrets.token_bytes(32)
                store.set_secret(_KEY, key)
        self._key = key

    def issue(self, resource: str = RESOURCE) -> tuple[str, int]:
        """A token for a resource and the Unix second in which it ends."""
        now = int(self.clock())
        expires = now + LIFETIME
        claims = {"aud": resource, "iss": f"{AUTHORITY}/", "iat": now, "nbf": now, "exp": expires}
        return jwt.encode(claims, self._key, algorithm="HS256"), expires

    def check(self, authorization: str | None) -> None:
        """Raise the service's 401 unless the header holds a good token."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise refusals.unauthorized("AKV10000: Request is missing a Bearer or PoP token.")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_aud": False,
                    "verify_iat": False,
                    "require": ["aud", "iss", "exp"],
                },
            )
        except jwt.InvalidTokenError as error:
            raise refusals.unauthorized("Error validating token: 'IDX10511'.") from error
        self._check_claims(claims["iss"], claims["aud"], claims["exp"])

    def _check_claims(self, issuer: object, audience: object, expires: float) -> None:
        if issuer != f"{AUTHORITY}/":
            raise refusals.unauthorized(
                f"AKV10032: Invalid issuer. Expected one of {AUTHORITY}/, found {issuer}."
            )
        if audience != RESOURCE:
            raise refusals.unauthorized(
                f"AKV10022: Invalid audience. Expected {RESOURCE}, found: {audience}."
            )
        if self.clock() >= expires:
            raise refusals.unauthorized("[TokenExpired] Error validating token: 'S2S12086'.")
