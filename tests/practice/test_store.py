"""The file: private, one of its kind, shared by several kernels."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from kvcsr_widgets.errors import PracticeError
from kvcsr_widgets.practice import issuing
from kvcsr_widgets.practice.imports import Content
from kvcsr_widgets.practice.rows import SCHEMA, Certificate, Issuer, Operation, Version
from kvcsr_widgets.practice.store import Store
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.session import practise
from tests import certificates


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_the_file_or_what_lies_beside_it(tmp_path: Path) -> None:
    vault = practise(tmp_path / "deep" / "down" / "vault.sqlite")
    list(vault.certificates())

    folder = tmp_path / "deep" / "down"
    assert {path.name for path in folder.iterdir()} > {"vault.sqlite", "vault.sqlite-wal"}
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert mode(folder) & 0o077 == 0
    vault.close()


def test_every_folder_that_is_made_is_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        practise(tmp_path / "deep" / "down" / "vault.sqlite").close()
    finally:
        os.umask(old)

    assert [mode(tmp_path / part) for part in ("deep", "deep/down")] == [0o700, 0o700]


def test_an_open_file_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "vault.sqlite"
    path.touch(0o644)

    practise(path).close()

    assert mode(path) == 0o600


def test_the_file_is_in_wal_mode(tmp_path: Path) -> None:
    practise(tmp_path / "vault.sqlite").close()

    with sqlite3.connect(tmp_path / "vault.sqlite") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def test_the_tables_have_the_fields_of_their_rows(tmp_path: Path) -> None:
    Store(tmp_path / "vault.sqlite").close()

    db = sqlite3.connect(tmp_path / "vault.sqlite")
    for row, table in (
        (Certificate, "certificates"),
        (Version, "versions"),
        (Operation, "operations"),
        (Issuer, "issuers"),
    ):
        columns = [column[1] for column in db.execute(f"PRAGMA table_info({table})")]
        assert columns == [field.name for field in fields(row)]
    db.close()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE a (b)")
    db.commit()
    db.close()
    before = path.read_bytes()

    with pytest.raises(PracticeError, match="another program's database") as caught:
        practise(path)

    assert path.read_bytes() == before
    assert caught.value.hint


def test_a_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "vault.sqlite"
    practise(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    db.close()

    with pytest.raises(PracticeError, match=f"another version \\(schema {SCHEMA + 1}\\)"):
        practise(path)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"not a database, " * 100)

    with pytest.raises(PracticeError, match="file is not a database"):
        practise(path)

    assert path.read_bytes() == b"not a database, " * 100


def test_a_failed_transaction_leaves_nothing(practice: Practice) -> None:
    def half() -> None:
        with practice.store.transaction():
            practice.store.put(Certificate("web", "{}", 0, 0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()

    assert practice.store.certificate("web") is None
    with practice.store.transaction():  # and the next one can begin
        practice.store.put(Certificate("web", "{}", 0, 0))


LEAF = certificates.leaf().certificate


def test_keys_do_not_show_in_a_repr() -> None:
    version = Version("1", "a", False, b"secret", None, b"", False, 0, 0, 0, 0, None, "{}")
    content = Content(issuing.load_key(issuing.new_key({"kty": "EC", "crv": "P-256"})), LEAF, [])

    assert "secret" not in repr(version)
    assert "Key" not in repr(content)


CREATE = """
import sys
from kvcsr_widgets.errors import ConflictError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.vault.session import practise
from tests import certificates

vault = practise(sys.argv[1])
made = 0
for number in range(40):
    try:
        vault.create(CertificatePlan(f"c{number}", "CN=a", key=KeyChoice.EC_P256))
        made += 1
    except ConflictError:
        pass
print(made)
"""


def test_two_kernels_use_one_vault_at_once(tmp_path: Path) -> None:
    """Both try to create the same forty names: each name is made once, by one of them."""
    path = str(tmp_path / "vault.sqlite")
    kernels = [
        subprocess.Popen([sys.executable, "-c", CREATE, path], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    made = [int(kernel.communicate(timeout=60)[0]) for kernel in kernels]

    vault = practise(path)
    assert sum(made) == len(list(vault.certificates())) == 40
    vault.close()


LEAVE = """
import sqlite3
import sys

db = sqlite3.connect(sys.argv[1])
print(*(row[0] for row in db.execute("SELECT name FROM certificates")))
db.close()
"""


def names_seen_by_another_process(path: Path) -> list[str]:
    """Another process opens the file, looks and closes it, as the last one would."""
    seen = subprocess.run(
        [sys.executable, "-c", LEAVE, str(path)], capture_output=True, text=True, check=True
    )
    return seen.stdout.split()


def test_nothing_is_lost_when_another_kernel_leaves_the_file(tmp_path: Path) -> None:
    """A process that opened the file twice, as a vault does, still holds its locks."""
    path = tmp_path / "vault.sqlite"
    practice = Practice(path)
    practice.store.put(Certificate("before", "{}", 0, 0))
    assert names_seen_by_another_process(path) == ["before"]

    practice.store.put(Certificate("later", "{}", 0, 0))

    assert names_seen_by_another_process(path) == ["before", "later"]
    practice.close()
