"""A folder of replies: what is read of it, and where it ends."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.runbook import folder
from kvcsr_widgets.runbook.folder import Folder, read_folder


def write(parent: Path, *names: str, size: int = 1) -> None:
    for name in names:
        path = parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)


def test_certificate_files_are_read_by_name_and_others_are_not(tmp_path: Path) -> None:
    write(tmp_path, "b.cer", "a.PEM", "below/deep/c.p7b", "all.zip", "web.key", "x.docx")

    found = read_folder(f" {tmp_path} ")

    assert found.files == tuple(
        (name, b"x") for name in ("a.PEM", "all.zip", "b.cer", str(Path("below/deep/c.p7b")))
    )
    (note,) = found.notes
    assert note.startswith("2 other files were not opened: read are .cer, ")


@pytest.mark.parametrize(
    "name", ["www_contoso_com.ca-bundle", "Re certificate.eml", "certnew.p7b", "az.json", "a.TXT"]
)
def test_what_certificates_come_in_is_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)

    assert read_folder(str(tmp_path)) == Folder(((name, b"x"),))


def test_one_other_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.cer", "web.key")

    assert read_folder(str(tmp_path)).notes[0].startswith("1 other file was not opened")


def test_the_home_folder_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, "replies/a.cer")

    assert [name for name, _data in read_folder("~/replies").files] == ["a.cer"]


@pytest.mark.parametrize("path", ["", "  ", "nowhere", "a.cer", "a\0b"])
def test_what_is_no_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "a.cer")

    with pytest.raises(InputError, match=r"is no folder|cannot be read"):
        read_folder(path)


def test_a_folder_without_certificates_says_what_was_looked_for(tmp_path: Path) -> None:
    write(tmp_path, "letter.docx")

    with pytest.raises(InputError, match="no certificate file") as caught:
        read_folder(str(tmp_path))
    assert ".p7b" in caught.value.hint


def test_pipes_sockets_and_dangling_links_hold_nothing_up(tmp_path: Path) -> None:
    write(tmp_path, "a.cer")
    os.mkfifo(tmp_path / "pipe.pem")
    (tmp_path / "dangling.pem").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.pem"))
        found = read_folder(str(tmp_path))

    assert [name for name, _data in found.files] == ["a.cer"]
    assert found.notes == ("dangling.pem: No such file or directory.",)


@pytest.mark.parametrize(
    ("limit", "value", "says"),
    [
        ("MAX_FILES", 2, "more than 2 such files"),
        ("MAX_ENTRIES", 3, "more than 3 entries"),
        ("MAX_ALL", 25, "too large, from c.cer on"),
    ],
)
def test_a_folder_has_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, says: str
) -> None:
    write(tmp_path, "a.cer", "b.cer", "c.cer", "d.doc", size=10)
    assert len(read_folder(str(tmp_path)).files) == 3
    monkeypatch.setattr(folder, limit, value)

    with pytest.raises(InputError, match=says):
        read_folder(str(tmp_path))
