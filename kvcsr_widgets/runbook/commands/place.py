"""Where a vault is, as each tool wants to hear it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from kvcsr_widgets.errors import AddressError
from kvcsr_widgets.vault.session import CLOUDS

API_VERSION = "2025-07-01"
"""The first version of the REST interface in which a policy holds IP addresses and URIs."""

_NAMES = {
    "vault.azure.net": "AzureCloud",
    "vault.azure.cn": "AzureChinaCloud",
    "vault.usgovcloudapi.net": "AzureUSGovernment",
}
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Place:
    """A vault: its ``name`` is the first label of its host, ``domain`` is the rest."""

    url: str
    name: str
    domain: str

    @classmethod
    def of(cls, vault_url: str) -> Place:
        """Read a vault's URL. Raises AddressError for what is none."""
        try:
            parts = urlsplit(vault_url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port = "", None
        if not vault_url.startswith("https://") or not _HOST.fullmatch(host):
            raise AddressError(
                "This is no vault's URL.", hint="It looks like https://contoso.vault.azure.net."
            )
        name, _, domain = host.partition(".")
        end = f":{port}" if port else ""
        return cls(f"https://{host}{end}", name, domain + end)

    @property
    def cloud(self) -> str:
        """The cloud's name in Azure CLI and Azure PowerShell, empty for none that they know."""
        return _NAMES.get(self.domain, "")

    @property
    def authority(self) -> str:
        """Where to sign in, for a cloud other than the public one; otherwise empty."""
        return "" if self.cloud in ("", "AzureCloud") else CLOUDS[self.domain]

    @property
    def resource(self) -> str:
        """What a token for this vault is for."""
        return f"https://{self.domain}"

    @property
    def is_in_process(self) -> bool:
        """Whether this is a practice vault that answers in its notebook alone (RFC 2606)."""
        return self.domain.endswith(".invalid")

    def rest(self, path: str) -> str:
        """The address of something in the vault for a tool that sends plain requests."""
        return f"{self.url}/certificates/{path}?api-version={API_VERSION}"
