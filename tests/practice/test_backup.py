"""Backup and restore."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.practice import backups
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import Clock
from tests.practice.steps import finish
from tests.practice.wire import Answer, Wire

WEB = "/certificates/web"


def backup(wire: Wire) -> str:
    answer = wire.send("POST", f"{WEB}/backup")
    assert answer.status == 200, answer.text
    assert list(answer.body) == ["value"]
    return str(answer.body["value"])


def restore(wire: Wire, value: object) -> Answer:
    return wire.send("POST", "/certificates/restore", {"value": value})


def purge(wire: Wire) -> None:
    wire.send("DELETE", WEB)
    assert wire.send("DELETE", "/deletedcertificates/web").status == 204


def test_a_restored_certificate_is_as_it_was_without_its_request(
    wire: Wire, practice: Practice
) -> None:
    finish(wire, practice)
    finish(wire, practice)
    wire.send("PATCH", WEB, {"tags": {"a": "b"}})
    before = wire.send("GET", WEB).body
    versions = wire.send("GET", f"{WEB}/versions").body
    key = wire.send("GET", "/keys/web").body
    blob = backup(wire)
    purge(wire)

    answer = restore(wire, blob)

    del before["pending"]
    assert (answer.status, answer.body) == (200, before)
    assert wire.send("GET", WEB).body == before
    assert wire.send("GET", f"{WEB}/versions").body == versions
    assert wire.send("GET", "/keys/web").body == key


def test_the_blob_begins_as_the_services_and_hides_the_key(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    blob = backup(wire)
    data = base64.urlsafe_b64decode(blob + "=" * (-len(blob) % 4))

    prefix = b"&AzureKeyVaultKeyBackupV1.microsoft.com"
    assert data.startswith(prefix)
    assert data.removeprefix(prefix).count(b".") == 4  # a JWE has five parts
    assert practice.vault.shelf.newest("web").key not in data
    assert b"contoso" not in data


def test_the_sdk_backs_up_and_restores(
    client: CertificateClient, wire: Wire, practice: Practice
) -> None:
    finish(wire, practice)
    blob = client.backup_certificate("web")
    assert blob is not None
    purge(wire)

    assert client.restore_certificate_backup(blob).name == "web"


def test_a_name_that_is_taken_is_not_restored_over(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    blob = backup(wire)

    assert restore(wire, blob).status == 409
    wire.send("DELETE", WEB)
    answer = restore(wire, blob)
    assert answer.body["error"]["innererror"] == {"code": "ObjectIsDeletedButRecoverable"}


def test_a_request_alone_cannot_be_backed_up(wire: Wire) -> None:
    wire.create()

    answer = wire.send("POST", f"{WEB}/backup")
    assert (answer.status, answer.body["error"]["code"]) == (404, "CertificateNotFound")


def test_a_backup_of_a_recovered_certificate_can_be_read_at_once(
    wire: Wire, practice: Practice, clock: Clock
) -> None:
    finish(wire, practice)
    row = practice.store.certificate("web")
    assert row is not None
    practice.store.put(replace(row, settles_at=int(clock.now)))  # as a recovery leaves it
    blob = backup(wire)
    purge(wire)
    clock.now -= 1000

    assert restore(wire, blob).status == 200
    assert wire.send("GET", WEB).status == 200


def changed(blob: str) -> str:
    middle = len(blob) // 2
    return blob[:middle] + ("A" if blob[middle] != "A" else "B") + blob[middle + 1 :]


@pytest.mark.parametrize("value", [None, 5, "", "*", "é", "abc", "a.b.c.d.e"])
def test_what_is_no_backup_is_refused(wire: Wire, value: object) -> None:
    answer = restore(wire, value)
    assert (answer.status, answer.body["error"]["code"]) == (400, "BadParameter")


def test_a_changed_backup_is_refused(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    blob = backup(wire)
    purge(wire)

    assert restore(wire, changed(blob)).status == 400
    assert wire.send("GET", WEB).status == 404


def test_a_backup_of_another_state_is_refused(
    wire: Wire, practice: Practice, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Practice(tmp_path_factory.mktemp("other") / "vault.sqlite", clock)
    finish(wire, practice)
    blob = backup(wire)

    session = other.session()
    token = other.tokens.issue("https://vault.practice.invalid")[0]
    answer = session.post(
        f"{other.url}/certificates/restore?api-version=7.4",
        json={"value": blob},
        headers={"Authorization": f"Bearer {token}"},
    )
    session.close()

    assert answer.status_code == 400


def test_any_vault_of_a_folder_restores_a_backup(tmp_path: Path, clock: Clock) -> None:
    one, two = (Practice(tmp_path, clock, name=name) for name in ("one", "two"))
    try:
        one.vault.imports.put("web", {"value": _file()})
        blob = one.vault.backups.backup("web")

        restored = two.vault.backups.restore({"value": blob})

        assert restored.key == one.vault.shelf.newest("web").key
        assert two.vault.shelf.newest("web").id == one.vault.shelf.newest("web").id
    finally:
        one.close()
        two.close()


def _file() -> str:
    from tests.practice.test_import import pfx

    return base64.b64encode(pfx()).decode()


def test_a_backup_that_could_not_be_sent_back_is_refused(
    wire: Wire, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(wire, practice)
    monkeypatch.setattr(backups, "MAX_BLOB", 1000)

    answer = wire.send("POST", f"{WEB}/backup")
    assert answer.error == (
        400,
        "BadParameter",
        "The certificate has too many versions for a backup.",
    )
