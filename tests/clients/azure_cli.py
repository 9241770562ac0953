"""The Azure CLI on a profile that is signed in as the machine and knows the vault's domain."""

from __future__ import annotations

import json
import shlex
from typing import Any

from tests.clients import programs
from tests.clients.conftest import Desk

SUBSCRIPTION = {
    "id": "00000000-0000-4000-8000-000000000002",
    "name": "practice",
    "state": "Enabled",
    "user": {
        "name": "systemAssignedIdentity",
        "type": "servicePrincipal",
        "assignedIdentityInfo": "MSI",
    },
    "isDefault": True,
    "tenantId": "00000000-0000-4000-8000-000000000000",
    "environmentName": "Practice",
}


class Az:
    """Runs az, either one command at a time or as the ``az`` of bash lines."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.config = desk.folder / "az"
        self.config.mkdir()
        self._write("azureProfile.json", json.dumps({"subscriptions": [SUBSCRIPTION]}))
        away = "https://practice.invalid"
        self._write(
            "clouds.config",
            f"[Practice]\nendpoint_management = {away}\nendpoint_resource_manager = {away}\n"
            f"endpoint_active_directory = {away}\nendpoint_active_directory_resource_id = {away}\n"
            f"suffix_keyvault_dns = .0.0.1:{desk.served.port}\n",
        )
        self._write("config", "[cloud]\nname = Practice\n[core]\ncollect_telemetry = no\n")

    def __call__(self, command: str, *options: str) -> Any:
        """The JSON that one ``az keyvault certificate`` command prints."""
        said = self.desk.run(
            str(programs.python("azure-cli")),
            *("-m", "azure.cli", "keyvault", "certificate"),
            *command.split(),
            *("--vault-name", "127", "--output", "json", "--only-show-errors", *options),
            **self._environment(),
        )
        return json.loads(said) if said.strip() else None

    def bash(self, lines: str, typed: str = "") -> str:
        """What bash prints for lines that a person pastes; ``typed`` is what they answer."""
        function = f'az() {{ {shlex.quote(str(programs.python("azure-cli")))} -m azure.cli "$@"; }}'
        answer = self.desk.folder / "typed.txt"
        answer.write_text(typed, encoding="utf-8")
        return self.desk.run(
            *("bash", "-euc", f"{function}\nexec < typed.txt\n{lines}"),
            AZURE_CORE_ONLY_SHOW_ERRORS="yes",
            **self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        return {
            "AZURE_CONFIG_DIR": str(self.config),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "AZURE_CORE_NO_COLOR": "yes",
        }

    def _write(self, name: str, text: str) -> None:
        (self.config / name).write_text(text, encoding="utf-8")
