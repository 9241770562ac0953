"""The lists of a vault: every page, none twice, and nothing for anybody else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient
from requests.adapters import BaseAdapter

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.vault import paging
from kvcsr_widgets.vault.client import Vault

HOST = "contoso.vault.azure.net"
ITEM = {
    "id": f"https://{HOST}/certificates/web",
    "x5t": "AQIDBAUGBwgJCgsMDQ4PEBESExQ",
    "attributes": {"enabled": True, "nbf": 1, "exp": 2, "created": 3, "updated": 4},
    "tags": {"team": "a"},
    "subject": "",
}


class Pages(BaseAdapter):
    """A vault that answers each request with what ``page`` makes of its number; notes the URLs."""

    def __init__(self, page: Callable[[int], object]) -> None:
        super().__init__()
        self.page = page
        self.urls: list[str] = []

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        response = requests.Response()
        response.request, response.url = request, request.url
        response.status_code, body = 401, "{}"
        if request.headers.get("Authorization"):
            response.status_code = 200
            body = json.dumps(self.page(len(self.urls)))
            self.urls.append(request.url)
        response.raw = io.BytesIO(body.encode())
        response.headers["Content-Type"] = "application/json"
        response.headers["WWW-Authenticate"] = (
            'Bearer authorization="https://login.example/t", resource="https://vault.azure.net"'
        )
        return response

    def close(self) -> None:
        """Nothing to close."""


class Token:
    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken("token", 4_000_000_000)


def opened(pages: Pages) -> Vault:
    session = requests.Session()
    session.mount("https://", pages)
    client = CertificateClient(
        f"https://{HOST}", Token(), transport=RequestsTransport(session=session)
    )
    return Vault(client)


def linked(link: object) -> Callable[[int], object]:
    """A first page with this link to the second one, which is the last."""
    return lambda number: {"value": [ITEM], "nextLink": None if number else link}


def follows(link: str) -> list[str]:
    """What is asked for where the first page has this link."""
    found = Pages(linked(link))
    vault = opened(found)
    assert len(list(vault.certificates())) == 2
    vault.close()
    return found.urls


NEXT = "certificates?api-version=7.4&$skiptoken=YWI9=&maxresults=25"


@pytest.mark.parametrize("host", [HOST, f"{HOST}:443", HOST.upper(), f"{HOST.upper()}:443"])
def test_a_link_is_followed_at_the_vaults_own_address(host: str) -> None:
    first, second = follows(f"https://{host}/{NEXT}")

    assert first.count("includePending=true") == second.count("includePending=true") == 1
    assert second.startswith(f"https://{HOST}/certificates?")
    assert second.count("api-version=") == 1
    assert "$skiptoken=YWI9=&maxresults=25" in second


def test_what_was_asked_of_the_first_page_is_asked_once_of_each() -> None:
    _first, second = follows(f"https://{HOST}/{NEXT}&includepending=true")
    assert second.lower().count("includepending=true") == 1


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (f"https://contoso.example/{NEXT}", "leads elsewhere"),
        (f"https://{HOST}.example/{NEXT}", "leads elsewhere"),
        (f"http://{HOST}/{NEXT}", "leads elsewhere"),
        (f"https://{HOST}:8443/{NEXT}", "leads elsewhere"),
        (f"https://{HOST}@contoso.example/{NEXT}", "leads elsewhere"),
        (f"https://me@{HOST}/{NEXT}", "leads elsewhere"),
        (f"https://contoso.example\\@{HOST}/{NEXT}", "leads elsewhere"),
        (f"https://{HOST}\\@contoso.example/{NEXT}", "leads elsewhere"),
        (f"https://{HOST}/secrets?a=b", "leads elsewhere"),
        (f"https://{HOST}//contoso.example/certificates", "leads elsewhere"),
        (f"//{HOST}/{NEXT}", "leads elsewhere"),
        (f"/{NEXT}", "leads elsewhere"),
        (f"https://{HOST}/{NEXT}{'a' * 5000}", "leads elsewhere"),
        (f"https://{HOST}:x/{NEXT}", "is no address"),
        ("https://[contoso", "is no address"),
        (["https://contoso.example"], "leads elsewhere"),
        ({"a": 1}, "leads elsewhere"),
        (7, "leads elsewhere"),
        (f"https://{HOST}/certificates?includePending=true", "leads back"),
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(link: object, says: str) -> None:
    pages = Pages(linked(link))
    vault = opened(pages)

    with pytest.raises(VaultError, match=says) as caught:
        list(vault.certificates())

    assert len(pages.urls) == 1
    assert "not complete" in caught.value.why
    assert caught.value.hint
    vault.close()


@pytest.mark.parametrize("query", ["{0}=a", "a={vaultBaseUrl}", "a=b c", "a=\u00e9&b=%2F"])
def test_a_link_is_text_and_no_template(query: str) -> None:
    _first, second = follows(f"https://{HOST}/certificates?{query}")
    assert second.startswith(f"https://{HOST}/certificates?")
    assert "{" not in second


def test_pages_that_go_in_a_circle_end() -> None:
    pages = Pages(
        lambda number: {"value": [ITEM], "nextLink": f"https://{HOST}/certificates?a={number % 3}"}
    )
    vault = opened(pages)

    with pytest.raises(VaultError, match="leads back to a page that was read already"):
        list(vault.certificates())

    assert len(pages.urls) == 4
    vault.close()


def test_pages_without_an_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MAX_PAGES", 5)
    pages = Pages(
        lambda number: {"value": [], "nextLink": f"https://{HOST}/certificates?a={number}"}
    )
    vault = opened(pages)

    with pytest.raises(VaultError, match="comes after 5 others"):
        list(vault.certificates())

    assert len(pages.urls) == 5
    vault.close()


@pytest.mark.parametrize(
    "page",
    [
        [],
        {},
        {"value": 7},
        {"value": ["web"]},
        {"value": [{}]},
        {"value": [{"id": None}]},
        {"value": [ITEM | {"x5t": 7}]},
        {"value": [ITEM | {"attributes": {"exp": 10**30}}]},
        {"value": [ITEM | {"attributes": {"exp": "soon"}}]},
        {"value": [ITEM | {"tags": 7}]},
        "web",
    ],
)
def test_what_is_no_page_is_explained(page: object) -> None:
    vault = opened(Pages(lambda _number: page))

    with pytest.raises(VaultError) as caught:
        list(vault.certificates())

    assert caught.value.hint
    vault.close()


@pytest.mark.parametrize("value", [None, []])
def test_an_empty_page_is_no_end(value: object) -> None:
    link = f"https://{HOST}/{NEXT}"
    pages = Pages(
        lambda number: {"value": [ITEM]} if number else {"value": value, "nextLink": link}
    )
    vault = opened(pages)

    assert [each.name for each in vault.certificates()] == ["web"]
    vault.close()


def test_every_certificate_of_many_pages_is_listed_once(vault: Vault) -> None:
    names = [f"web-{number:02}" for number in range(60)]
    for name in names:
        vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256, tags={"team": "a"}))

    found = list(vault.certificates())

    assert [each.name for each in found] == names
    assert {each.enabled for each in found} == {False}
    assert found[0].tags == {"team": "a"}


def test_a_list_is_read_page_by_page() -> None:
    pages = Pages(linked(f"https://{HOST}/{NEXT}"))
    vault = opened(pages)

    next(vault.certificates())

    assert len(pages.urls) == 1
    assert "maxresults" not in pages.urls[0]  # the service's own size of a page is its largest
    vault.close()
