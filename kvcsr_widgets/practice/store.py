"""The practice vault's state: one SQLite file, which several kernels may use at once."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from kvcsr_widgets.errors import PracticeError

SCHEMA = 1
"""Raised with every change to the tables; a file of a newer schema is refused."""

_APPLICATION_ID = 0x6B766373  # "kvcs": marks the file as a practice vault

_TABLES = """
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
CREATE TABLE certificates (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    policy TEXT NOT NULL,
    policy_created INTEGER NOT NULL,
    policy_updated INTEGER NOT NULL
);
CREATE TABLE versions (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE REFERENCES certificates (name),
    issued INTEGER NOT NULL,
    key BLOB NOT NULL,
    cer BLOB,
    chain BLOB NOT NULL,
    enabled INTEGER NOT NULL,
    nbf INTEGER NOT NULL,
    exp INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    tags TEXT
);
CREATE INDEX versions_newest ON versions (name, issued);
CREATE TABLE operations (
    name TEXT PRIMARY KEY COLLATE NOCASE REFERENCES certificates (name),
    version TEXT NOT NULL,
    request_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    csr BLOB NOT NULL,
    enabled INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    cancellation_requested INTEGER NOT NULL,
    cancelled_from INTEGER
);
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A name in the vault and its policy (JSON text); times are Unix seconds."""

    name: str
    policy: str
    policy_created: int
    policy_updated: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version: a placeholder until the merge, then (``issued``) a certificate.

    ``key`` is PKCS #8 DER; ``cer`` the leaf as DER; ``chain`` every certificate of the merge as
    PEM; ``tags`` is JSON text or None.
    """

    id: str
    name: str
    issued: bool
    key: bytes
    cer: bytes | None
    chain: bytes
    enabled: bool
    nbf: int
    exp: int
    created: int
    updated: int
    tags: str | None

    def __repr__(self) -> str:
        return f"Version({self.id!r}, {self.name!r}, issued={self.issued})"


@dataclass(frozen=True, slots=True)
class Operation:
    """A request: ``enabled`` is what its certificate shall be, ``issuer`` is JSON text.

    ``cancelled_from`` is the time from which a cancellation counts.
    """

    name: str
    version: str
    request_id: str
    issuer: str
    csr: bytes
    enabled: bool
    completed: bool
    cancellation_requested: bool
    cancelled_from: int | None


Row = TypeVar("Row", Certificate, Version, Operation)


class Store:
    """The open file. Every method runs inside ``transaction()`` or is one by itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db = _open(path)

    def close(self) -> None:
        """Close the file; the store is of no use afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone among all kernels that use the file."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def secret(self, name: str) -> bytes | None:
        """A value of the vault's own, such as the key that its tokens are signed with."""
        row = self._one("SELECT value FROM secrets WHERE name = ?", name)
        return None if row is None else bytes(row[0])

    def set_secret(self, name: str, value: bytes) -> None:
        """Keep a value of the vault's own."""
        self._run("INSERT OR REPLACE INTO secrets VALUES (?, ?)", name, value)

    def certificate(self, name: str) -> Certificate | None:
        """The certificate of this name, in any spelling of upper and lower case."""
        return _read(Certificate, self._one("SELECT * FROM certificates WHERE name = ?", name))

    def put_certificate(self, row: Certificate) -> None:
        """Add a certificate or replace its policy."""
        self._run(
            "INSERT INTO certificates VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "policy = excluded.policy, policy_updated = excluded.policy_updated",
            *astuple(row),
        )

    def newest(self, name: str) -> Version | None:
        """The version that a GET without a version answers: the newest issued one, if any."""
        row = self._one(
            "SELECT * FROM versions WHERE name = ? ORDER BY issued DESC, rowid DESC LIMIT 1", name
        )
        return _read(Version, row)

    def version(self, name: str, version: str) -> Version | None:
        """One version by its id."""
        row = self._one("SELECT * FROM versions WHERE name = ? AND id = ?", name, version)
        return _read(Version, row)

    def put_version(self, row: Version) -> None:
        """Add a version, which is the newest from now on."""
        self._run("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *astuple(row))

    def drop_version(self, version: str) -> None:
        """Remove one version, as a merge does with its placeholder."""
        self._run("DELETE FROM versions WHERE id = ?", version)

    def operation(self, name: str) -> Operation | None:
        """The request of a certificate."""
        return _read(Operation, self._one("SELECT * FROM operations WHERE name = ?", name))

    def put_operation(self, row: Operation) -> None:
        """Add a request or replace the one there was."""
        self._run(
            "INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *astuple(row)
        )

    def drop_operation(self, name: str) -> None:
        """Forget a request."""
        self._run("DELETE FROM operations WHERE name = ?", name)

    def page(self, after: str, limit: int, *, pending: bool) -> list[Version]:
        """The newest version of each certificate, by name, after the name ``after``.

        Without ``pending``, certificates that have never been issued are left out.
        """
        rows = self._all(
            "SELECT v.* FROM certificates c JOIN versions v ON v.id = (SELECT id FROM versions "
            "WHERE name = c.name ORDER BY issued DESC, rowid DESC LIMIT 1) "
            "WHERE c.name > ? AND (v.issued OR ?) ORDER BY c.name LIMIT ?",
            after,
            pending,
            limit,
        )
        return [row for row in (_read(Version, row) for row in rows) if row]

    def versions(self, name: str, after: str, limit: int) -> list[Version]:
        """Issued versions of one certificate, by id, after the id ``after``."""
        rows = self._all(
            "SELECT * FROM versions WHERE name = ? AND issued AND id > ? ORDER BY id LIMIT ?",
            name,
            after,
            limit,
        )
        return [row for row in (_read(Version, row) for row in rows) if row]

    def _one(self, sql: str, *values: object) -> Any:
        with self._lock:
            return self._db.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _run(self, sql: str, *values: object) -> None:
        with self._lock:
            self._db.execute(sql, values)


def _read(kind: type[Row], row: Any) -> Row | None:
    """A row as a value; the tables have their columns in the order of the fields."""
    if row is None:
        return None
    flags = (field.type == "bool" for field in fields(kind))  # SQLite has no booleans
    values: list[Any] = [bool(v) if flag else v for flag, v in zip(flags, row, strict=True)]
    return kind(*values)


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(path, str(error)) from error
    try:
        _prepare(db, path)
    except sqlite3.Error as error:
        db.close()
        raise _unusable(path, str(error)) from error
    except PracticeError:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    if not _is_new(db):
        _check_ours(db, path)
    path.chmod(0o600)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("BEGIN IMMEDIATE")
    if _is_new(db):  # still: another kernel may have been quicker
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute("COMMIT")


def _is_new(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT count(*) = 0 FROM sqlite_master").fetchone()[0])


def _check_ours(db: sqlite3.Connection, path: Path) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise _unusable(path, "it is another program's database")
    schema = db.execute("PRAGMA user_version").fetchone()[0]
    if schema != SCHEMA:
        raise _unusable(path, f"it was written by another version (schema {schema})")


def _unusable(path: Path, reason: str) -> PracticeError:
    return PracticeError(
        f"The practice vault in {path} cannot be opened: {reason}.",
        hint="Name another file, or move this one away: a new one is made in its place.",
    )
