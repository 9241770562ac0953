"""What goes over the wire, still through the real client's own pipeline."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from azure.core.rest import HttpRequest
from azure.keyvault.certificates import CertificateClient

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """An answer as it arrives; ``body`` keeps the order of the members."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Json:
        body: Json = json.loads(self.text)
        return body

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, code and message of a refusal."""
        return self.status, self.body["error"]["code"], self.body["error"]["message"]


class Wire:
    """Sends requests as given; ``api_version`` goes along unless the path has one."""

    def __init__(self, client: CertificateClient) -> None:
        self.client = client

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        api_version: str = "7.4",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        mark = "&" if "?" in path else "?"
        url = path if "api-version=" in path else f"{path}{mark}api-version={api_version}"
        request = HttpRequest(method, url, headers=headers or {}, json=body)
        response = self.client.send_request(request, stream=True)  # the SDK knows JSON only
        response.read()
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, lowered, response.text())

    def create(self, name: str = "web", policy: Json | None = None) -> Answer:
        """POST create; ``policy`` replaces members of a small good policy."""
        wanted = {
            "key_props": {"kty": "EC", "crv": "P-256"},
            "x509_props": {"subject": "CN=www.contoso.com"},
            "issuer": {"name": "Unknown"},
        }
        return self.send(
            "POST", f"/certificates/{name}/create", {"policy": wanted | (policy or {})}
        )


def members(value: object) -> object:
    """The names of the members, in order, of all objects within; values do not count."""
    if isinstance(value, dict):
        return [(name, members(inner)) for name, inner in value.items()]
    return [members(item) for item in value] if isinstance(value, list) else None
