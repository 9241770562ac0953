"""What carries a vault's requests: paced, over enough connections, with one token for all."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import requests
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.pipeline.policies import RetryPolicy
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from kvcsr_widgets.vault.pace import AT_ONCE, MAX_PAUSE, Pace, asked_pause

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
            if self.pace.pause > MAX_PAUSE:
                break  # too long for anybody to wait for it: the vault's own words tell
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
    """A credential that is asked once where several threads ask for the same at a time.

    Azure CLI starts a program for each, and a browser opens a window. Nothing is kept: the SDK
    keeps tokens, and credentials do.
    """

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential
        self._lock = threading.Lock()
        self._asked: dict[tuple[object, ...], Future[AccessToken]] = {}

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """A token for the scopes. Raises what the credential raises."""
        key = (*scopes, options.get("tenant_id"), options.get("claims"))
        with self._lock:
            answer = self._asked.get(key)
            first = answer is None
            if answer is None:
                answer = self._asked[key] = Future()
        if first:
            self._ask(answer, key, scopes, options)
        return answer.result()

    def _ask(
        self,
        answer: Future[AccessToken],
        key: tuple[object, ...],
        scopes: tuple[str, ...],
        options: dict[str, Any],
    ) -> None:
        try:
            answer.set_result(self._credential.get_token(*scopes, **options))
        except BaseException as error:  # noqa: BLE001 - raised in each thread that waits
            answer.set_exception(error)
        finally:
            with self._lock:
                del self._asked[key]
