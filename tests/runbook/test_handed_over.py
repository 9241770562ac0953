from __future__ import annotations

import json
from pathlib import Path

import pytest

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.pending import SentCsr
from kvcsr_widgets.runbook import handed_over
from tests import certificates

HOST = "contoso.vault.azure.net"
CSR, OTHER = certificates.csr(), certificates.csr(owner="another")


def told(host: str = HOST, name: str = "web") -> SentCsr | None:
    return handed_over.read().of(host, name)


def test_what_left_last_is_known_in_another_notebook() -> None:
    handed_over.hand_over(HOST, "web", OTHER)
    handed_over.hand_over(HOST, "web", CSR)

    assert told() == SentCsr(CSR.sha256, CSR.fingerprint)
    assert told(name="WEB") == told()
    assert told(name="other") is None
    assert told(host="fabrikam.vault.azure.net") is None


def test_only_hashes_and_names_are_kept() -> None:
    handed_over.hand_over(HOST, "web", CSR)

    kept = json.loads(handed_over.notes_path().read_text())
    assert kept == {f"{HOST}/web": [CSR.sha256, CSR.fingerprint]}


def test_the_first_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_over, "MAX_KEPT", 2)
    for name in ("one", "two", "three"):
        handed_over.hand_over(HOST, name, CSR)

    assert [told(name=name) is None for name in ("one", "two", "three")] == [True, False, False]


def test_many_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = handed_over._write

    def noted(kept: dict[str, list[str]]) -> None:
        written.append(len(kept))
        write(kept)

    monkeypatch.setattr(handed_over, "_write", noted)
    handed_over.hand_over(HOST, "web", OTHER)
    handed_over.hand_over_all((HOST, name, CSR) for name in ("web", "api", "shop"))

    assert written == [1, 3]
    assert [told(name=name) for name in ("web", "api", "shop")] == [SentCsr.of(CSR)] * 3


@pytest.mark.parametrize("text", ["", "[]", "{", "[1]", '{"a": 1}', '{"a": ["b"]}', "1", "null"])
def test_a_file_that_cannot_be_read_tells_nothing_and_is_written_anew(text: str) -> None:
    path = handed_over.notes_path()
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert told() is None
    handed_over.hand_over(HOST, "web", CSR)
    assert told() is not None


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(handed_over, "notes_path", lambda: tmp_path / "file" / "notes.json")

    with pytest.raises(InputError, match="cannot be written down"):
        handed_over.hand_over(HOST, "web", CSR)
    assert told() is None
