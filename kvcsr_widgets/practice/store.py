"""The practice vault's state: one SQLite file, which several processes may use at once."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from kvcsr_widgets.errors import PracticeError
from kvcsr_widgets.practice.rows import (
    SCHEMA,
    TABLES,
    Certificate,
    Issuer,
    Operation,
    Row,
    Version,
    read,
    upsert,
)

_APPLICATION_ID = 0x6B766373  # "kvcs": marks the file as a practice vault

TIMEOUT = 30
"""Seconds to wait for another process."""

_NEWEST = (
    "SELECT {columns} FROM versions WHERE name = {name} ORDER BY issued DESC, rowid DESC LIMIT 1"
)
_LISTED = ", ".join(
    "x''" if field.name in ("key", "chain") else f"v.{field.name}" for field in fields(Version)
)
# Renewals wait while the certificate is being recovered or another request is in progress.
_DUE = (
    "SELECT name FROM operations WHERE due <= :now {named} "
    "UNION ALL SELECT name FROM versions v WHERE renew_at <= :now {named} AND EXISTS ("
    "SELECT 1 FROM certificates c WHERE c.name = v.name AND c.deleted_at IS NULL "
    "AND c.settles_at <= :now) AND NOT EXISTS ("
    "SELECT 1 FROM operations o WHERE o.name = v.name AND NOT o.completed AND o.failure IS NULL "
    "AND (o.cancelled_from IS NULL OR o.cancelled_from > :now)) "
    "UNION ALL SELECT name FROM certificates WHERE purge_at <= :now {named} LIMIT :limit"
)
_WAITING = "SELECT v.* FROM versions v JOIN operations o ON o.version = v.id WHERE o.csr = ?"
_OTHER_CSR = """
SELECT o.csr FROM operations o JOIN certificates c ON c.name = o.name
WHERE o.csr != ? AND NOT o.completed AND o.failure IS NULL AND o.cancelled_from IS NULL
AND c.deleted_at IS NULL ORDER BY o.name LIMIT 1
"""


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

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, and alone among all processes; inside another one, part of it."""
        return self._transaction("BEGIN IMMEDIATE")

    def snapshot(self) -> AbstractContextManager[None]:
        """What is read within it belongs to one moment. Nothing may be written within it."""
        return self._transaction("BEGIN")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute(begin)
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite may have rolled back by itself
                    self._db.execute("ROLLBACK")
                raise

    def secret(self, name: str) -> bytes | None:
        """A value of the vault's own, such as the key that its tokens are signed with."""
        row = self._one("SELECT value FROM secrets WHERE name = ?", name)
        return None if row is None else bytes(row[0])

    def set_secret(self, name: str, value: bytes | None) -> None:
        """Keep a value of the vault's own, or forget it."""
        if value is None:
            self._run("DELETE FROM secrets WHERE name = ?", name)
        else:
            self._run("INSERT OR REPLACE INTO secrets VALUES (?, ?)", name, value)

    def put(self, row: Issuer | Certificate | Version | Operation) -> None:
        """Add a row or change the one of its key. A new version is the newest from now on."""
        statement, values = upsert(row)
        self._run(statement, *values)

    def issuer(self, name: str) -> Issuer | None:
        """The account of an integrated CA."""
        return read(Issuer, self._one("SELECT * FROM issuers WHERE name = ?", name))

    def issuers(self, after: str, limit: int) -> list[Issuer]:
        """Issuers by name, after the name ``after``."""
        sql = "SELECT * FROM issuers WHERE name > ? ORDER BY name LIMIT ?"
        return self._rows(Issuer, sql, after, limit)

    def drop_issuer(self, name: str) -> None:
        """Forget an issuer."""
        self._run("DELETE FROM issuers WHERE name = ?", name)

    def certificate(self, name: str) -> Certificate | None:
        """The certificate of this name, deleted ones included, in any spelling of the case."""
        return read(Certificate, self._one("SELECT * FROM certificates WHERE name = ?", name))

    def purge(self, name: str) -> None:
        """Remove a certificate with all that belongs to it."""
        for table in ("operations", "versions", "certificates"):
            self._run(f"DELETE FROM {table} WHERE name = ?", name)  # noqa: S608 - ours

    def newest(self, name: str) -> Version | None:
        """The version that a GET without a version answers: the newest issued one, if any."""
        return read(Version, self._one(_NEWEST.format(columns="*", name="?"), name))

    def version(self, name: str, version: str) -> Version | None:
        """One version by its id."""
        row = self._one("SELECT * FROM versions WHERE name = ? AND id = ?", name, version)
        return read(Version, row)

    def has_version(self, version: str) -> bool:
        """Whether any certificate has a version of this id."""
        return self._one("SELECT 1 FROM versions WHERE id = ?", version) is not None

    def drop_version(self, version: str) -> None:
        """Remove one version, as a merge does with its placeholder."""
        self._run("DELETE FROM versions WHERE id = ?", version)

    def drop_placeholders(self, name: str) -> None:
        """Remove the versions that were never issued."""
        self._run("DELETE FROM versions WHERE name = ? AND NOT issued", name)

    def renew_none(self, name: str) -> None:
        """No version of this certificate is renewed any more."""
        self._run(
            "UPDATE versions SET renew_at = NULL WHERE name = ? AND renew_at IS NOT NULL", name
        )

    def operation(self, name: str) -> Operation | None:
        """The request of a certificate."""
        return read(Operation, self._one("SELECT * FROM operations WHERE name = ?", name))

    def waiting(self, csr: bytes) -> Version | None:
        """The version of the request that a CSR (DER) belongs to."""
        return read(Version, self._one(_WAITING, csr))

    def other_csr(self, csr: bytes) -> bytes | None:
        """The CSR of some other request that waits for its CA."""
        row = self._one(_OTHER_CSR, csr)
        return None if row is None else bytes(row[0])

    def drop_operation(self, name: str) -> None:
        """Forget a request."""
        self._run("DELETE FROM operations WHERE name = ?", name)

    def page(
        self, after: str, limit: int, *, pending: bool, deleted: bool, now: int
    ) -> list[Version]:
        """The newest version of each certificate, by name, after the name ``after``.

        Keys and chains, which no list shows, are left out: they are most of what there is to read.
        Without ``pending``, certificates that have never been issued are left out; with
        ``deleted``, the deleted ones are given instead of the others.
        """
        newest = _NEWEST.format(columns="id", name="c.name")
        return self._rows(
            Version,
            f"SELECT {_LISTED} FROM certificates c JOIN versions v ON v.id = ({newest}) "  # noqa: S608
            "WHERE c.name > ? AND (c.deleted_at IS NOT NULL) = ? AND c.settles_at <= ? "
            "AND (v.issued OR ?) ORDER BY c.name LIMIT ?",
            after,
            deleted,
            now,
            pending,
            limit,
        )

    def versions(self, name: str, after: str = "", limit: int = -1) -> list[Version]:
        """Issued versions of one certificate, by id, after the id ``after``; all by default."""
        sql = "SELECT * FROM versions WHERE name = ? AND issued AND id > ? ORDER BY id LIMIT ?"
        return self._rows(Version, sql, name, after, limit)

    def due(self, now: int, limit: int, name: str | None = None) -> list[str]:
        """Certificates (or the one) for which the vault has something to do by itself."""
        sql = _DUE.format(named="" if name is None else "AND name = :name")
        with self._lock:
            found = self._db.execute(sql, {"now": now, "limit": limit, "name": name}).fetchall()
        return [row[0] for row in found]

    def _one(self, sql: str, *values: object) -> Any:
        with self._lock:
            return self._db.execute(sql, values).fetchone()

    def _rows(self, kind: Callable[..., Row], sql: str, *values: object) -> list[Row]:
        with self._lock:
            found = self._db.execute(sql, values).fetchall()
        return [row for row in (read(kind, values) for values in found) if row]

    def _run(self, sql: str, *values: object) -> None:
        with self._lock:
            self._db.execute(sql, values)


def _open(path: Path) -> sqlite3.Connection:
    try:
        for folder in reversed([path.parent, *path.parent.parents]):  # each private
            folder.mkdir(mode=0o700, exist_ok=True)
        _make_private(path)
        db = sqlite3.connect(path, timeout=TIMEOUT, isolation_level=None, check_same_thread=False)
    except OSError as error:
        raise PracticeError(
            f"The practice vault in {path} cannot be opened: {error.strerror}.",
            hint="Name a file in a folder that you may write to.",
        ) from error
    except sqlite3.Error as error:
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


def _make_private(path: Path) -> None:
    """Make the file where there is none, for nobody else from its first moment on.

    A file that is there is not touched: closing any descriptor of it would drop the POSIX locks
    that this process holds through SQLite (sqlite.org/howtocorrupt.html, section 2.2), and another
    process would take its journal away.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    if not _is_new(db):
        _check_ours(db, path)
    path.chmod(0o600)
    _write_ahead(db)
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("BEGIN IMMEDIATE")
    if _is_new(db):  # still: another kernel may have been quicker
        for statement in TABLES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute("COMMIT")


def _write_ahead(db: sqlite3.Connection) -> None:
    """Turn WAL on. While several processes open a new file, SQLite refuses that without waiting."""
    until = time.monotonic() + TIMEOUT
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


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
