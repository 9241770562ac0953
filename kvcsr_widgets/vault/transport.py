"""What carries a vault's requests: paced, over enough connections, with one token for all."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Any

import requests
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.pipeline.policies import RetryPolicy
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from kvcsr_widgets.vault.pace import AT_ONCE, Pace, asked_pause

TRIES = 6
"""How often a request goes out that is answered with 429."""

TOO_MANY = 429
"""Too Many Requests, RFC 6585."""

_REPEATED = ("GET", "HEAD", "PUT", "DELETE")
"""What the SDK repeats without a Retry-After; anything else only with one."""


class PacedTransport(RequestsTransport):  # type: ignore[misc]  # the SDK imports it lazily
    """Sends the requests of one vault in their turns, and once more after a 429."""

    def __init__(self, pace: Pace, **options: Any) -> None:
        super().__init__(**options)
        self.pace = pace

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request; the last answer is a 429 only if none of ``TRIES`` was another one."""
        for _try in range(TRIES):
            answer = self._send(request, dict(options))
            asked = answer.headers.get("Retry-After")
            if answer.status_code != TOO_MANY or not (asked or request.method in _REPEATED):
                break
        return answer

    def _send(self, request: Any, options: dict[str, Any]) -> Any:
        began, answer = self.pace.begin(), None
        try:
            answer = super().send(request, **options)
        finally:
            if answer is not None and answer.status_code == TOO_MANY:
                asked = asked_pause(answer.headers.get("Retry-After"), datetime.now(UTC))
                self.pace.slow_down(began, asked)
            else:
                self.pace.end(good=answer is not None)
        return answer

    def sleep(self, duration: float) -> None:
        """Wait before the SDK's next try or look."""
        self.pace.sleep(duration)

    def close(self) -> None:
        """Close connections and end every wait."""
        self.pace.close()
        super().close()


class Retries(RetryPolicy[Any, Any]):
    """The SDK's tries after a lost connection and a 5xx; a 429 is the transport's."""

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
        """Whether an answer is a reason to try again."""
        if response.http_response.status_code == TOO_MANY:
            return False
        return bool(super().is_retry(settings, response))


def pooled_session() -> requests.Session:
    """A session that keeps as many connections as there are requests at once.

    It repeats nothing by itself, as the one that the SDK makes.
    """
    opened = requests.Session()
    never = Retry(total=False, redirect=False, raise_on_status=False)
    opened.mount("https://", HTTPAdapter(pool_maxsize=AT_ONCE, max_retries=never))
    return opened


class OneToken:
    """A credential that is asked by one thread at a time.

    The others that asked meanwhile take the same token: Azure CLI starts a program for each, and a
    browser opens a window. A token for which claims are asked is nobody else's.
    """

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._token: AccessToken | None = None
        self._got = 0.0

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the scopes. Raises what the credential raises."""
        asked, key = time.monotonic(), (*scopes, options.get("tenant_id"))
        with self._lock:
            fresh = self._token is not None and self._got >= asked
            if not fresh or key != self._key or options.get("claims"):
                self._token = self._credential.get_token(*scopes, **options)
                self._key, self._got = key, time.monotonic()
            assert self._token is not None
            return self._token
