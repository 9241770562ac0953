"""Lists of a vault, page by page, read raw: the SDK's models take most of the time of a list.

Each page is asked for as the first one was. The service's links leave ``includePending`` out, and
the SDKs follow them as they are, so that what is pending is lost behind the first 25
(azure-sdk-for-python#38589).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from azure.core.rest import HttpRequest, HttpResponse
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.vault.diagnosis import Topic, ask

T = TypeVar("T")

PENDING = "includePending=true"
"""What a list is asked that shall hold what was never merged."""

MAX_PAGES = 40_000
MAX_LINK = 4_096
"""Pages of a list, of 25 each, and characters of a link that are followed; bounds of ours."""

_HTTPS = 443


class Lists:
    """The lists of one vault, for steps about ``topic``."""

    def __init__(self, client: CertificateClient, host: str, topic: Topic) -> None:
        self._client, self._host, self._topic = client, host, topic

    def walk(
        self, path: str, read: Callable[[Mapping[str, Any]], T], *, name: str = "", query: str = ""
    ) -> Iterator[T]:
        """What ``pages`` gives, item by item."""
        return chain.from_iterable(self.pages(path, read, name=name, query=query))

    def pages(
        self, path: str, read: Callable[[Mapping[str, Any]], T], *, name: str = "", query: str = ""
    ) -> Iterator[list[T]]:
        """What ``read`` makes of each item under a path, such as ``/certificates``, page by page.

        ``query`` goes along with each page. Raises VaultError, also where ``read`` raises
        ValueError, and for a link that leads elsewhere or to a page that was read before.
        """
        asked, seen = query, set[str]()
        for _page in range(MAX_PAGES):
            seen.add(asked)
            page = partial(self._page, f"{path}?{asked}".rstrip("?"), read)
            items, link = ask(page, name=name, host=self._host, about=self._topic)
            yield items
            if not link:
                return
            asked = self._following(link, path, query)
            if asked in seen:
                raise self._wrong("leads back to a page that was read already")
        raise self._wrong(f"comes after {MAX_PAGES:,} others")

    def _page(self, url: str, read: Callable[[Mapping[str, Any]], T]) -> tuple[list[T], str]:
        page = send(self._client, "GET", url).json()
        try:
            return [read(item) for item in page["value"] or ()], str(page.get("nextLink") or "")
        except (AttributeError, LookupError, TypeError) as error:
            raise ValueError(f"no page of a list: {error}") from None

    def _following(self, link: str, path: str, query: str) -> str:
        """The query of the next page: of a link, only this is used, and the vault gets it.

        The service writes ``:443`` behind its name (recorded).
        """
        try:
            parts, vault = urlsplit(link[:MAX_LINK]), urlsplit(self._client.vault_url)
            there = (parts.scheme, parts.hostname, parts.port or _HTTPS, parts.username)
        except ValueError:
            raise self._wrong("is no address") from None
        same = there == ("https", vault.hostname, vault.port or _HTTPS, None)
        if not same or parts.path.lower() != path.lower() or len(link) > MAX_LINK:
            raise self._wrong("leads elsewhere")
        asked = quote(parts.query, safe="%=&$+/:,;@!'()*~")
        parameter = query.partition("=")[0].lower()
        return asked if f"{parameter}=" in asked.lower() or not query else f"{asked}&{query}"

    def _wrong(self, what: str) -> VaultError:
        return VaultError(
            f"{self._host} sent a page of a list whose link to the next one {what}.",
            why="The link was not followed, so the list is not complete.",
            hint="Load it again. If this stays, a proxy between you and the vault may change what "
            "it answers.",
        )


def send(client: CertificateClient, method: str, path: str, body: Any = None) -> HttpResponse:
    """One request through the SDK's pipeline, with its sign-in, retries and api-version.

    Raises the SDK's HttpResponseError for an answer other than success.
    """
    response = client.send_request(HttpRequest(method, path, json=body))
    response.raise_for_status()
    return response
