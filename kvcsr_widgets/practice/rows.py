"""What the practice vault keeps: the tables and their rows as values.

The tables have their columns in the order of the fields. Times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from functools import cache
from typing import Any, ClassVar, TypeVar

SCHEMA = 2
"""Raised with every change to the tables; a file of another schema is refused."""

TABLES = """
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
CREATE TABLE issuers (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    provider TEXT NOT NULL,
    account_id TEXT,
    accepted INTEGER NOT NULL,
    organisation TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE TABLE certificates (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    policy TEXT NOT NULL,
    policy_created INTEGER NOT NULL,
    policy_updated INTEGER NOT NULL,
    deleted_at INTEGER,
    purge_at INTEGER,
    settles_at INTEGER NOT NULL
);
CREATE INDEX certificates_due ON certificates (purge_at) WHERE purge_at IS NOT NULL;
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
    tags TEXT,
    policy TEXT NOT NULL,
    preserve_order INTEGER,
    renew_at INTEGER
);
CREATE INDEX versions_newest ON versions (name, issued);
CREATE INDEX versions_by_id ON versions (name, id);
CREATE INDEX versions_due ON versions (renew_at) WHERE renew_at IS NOT NULL;
CREATE TABLE operations (
    name TEXT PRIMARY KEY COLLATE NOCASE REFERENCES certificates (name),
    version TEXT NOT NULL,
    request_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    csr BLOB NOT NULL,
    enabled INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    cancellation_requested INTEGER NOT NULL,
    cancelled_from INTEGER,
    due INTEGER,
    failure TEXT,
    preserve_order INTEGER
);
CREATE INDEX operations_due ON operations (due) WHERE due IS NOT NULL;
"""


@dataclass(frozen=True, slots=True)
class Issuer:
    """An integrated CA's account. ``accepted``: the CA knows it; its password is never kept.

    ``organisation`` is the JSON text of ``org_details``.
    """

    TABLE: ClassVar = "issuers"

    name: str
    provider: str
    account_id: str | None
    accepted: bool
    organisation: str
    enabled: bool
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """A name in the vault and its policy (JSON text).

    ``deleted_at`` and ``purge_at`` are set while it is deleted; a deletion or a recovery shows
    from ``settles_at`` on.
    """

    TABLE: ClassVar = "certificates"

    name: str
    policy: str
    policy_created: int
    policy_updated: int
    deleted_at: int | None = None
    purge_at: int | None = None
    settles_at: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One version: a placeholder until it is issued, then a certificate.

    ``key`` is PKCS #8 DER; ``cer`` the leaf as DER; ``chain`` every certificate as PEM in the
    order that consumers shall see; ``tags`` is JSON text or None; ``policy`` is what it was made
    with, which later changes of the policy do not touch; ``renew_at`` is when the vault renews it
    by itself.
    """

    TABLE: ClassVar = "versions"

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
    policy: str
    preserve_order: bool | None = None
    renew_at: int | None = None

    def __repr__(self) -> str:
        return f"Version({self.id!r}, {self.name!r}, issued={self.issued})"


@dataclass(frozen=True, slots=True)
class Operation:
    """A request: ``enabled`` is what its certificate shall be, ``issuer`` the issuer's name.

    ``cancelled_from`` is the time from which a cancellation counts, ``due`` when the issuer
    answers, ``failure`` the JSON text of the error of a failed one.
    """

    TABLE: ClassVar = "operations"

    name: str
    version: str
    request_id: str
    issuer: str
    csr: bytes
    enabled: bool
    completed: bool
    cancellation_requested: bool
    cancelled_from: int | None
    due: int | None = None
    failure: str | None = None
    preserve_order: bool | None = None


Row = TypeVar("Row", Issuer, Certificate, Version, Operation)


def read(kind: Callable[..., Row], row: Any) -> Row | None:
    """A row of a table as a value."""
    if row is None:
        return None
    values: list[Any] = [  # SQLite has no booleans
        bool(value) if flag and value is not None else value
        for flag, value in zip(_flags(kind), row, strict=True)
    ]
    return kind(*values)


def upsert(row: Issuer | Certificate | Version | Operation) -> tuple[str, tuple[object, ...]]:
    """The statement that adds a row or changes the one of its key, and its values."""
    kind: Any = type(row)
    return _upsert(kind), astuple(row)


@cache
def _flags(kind: Any) -> tuple[bool, ...]:
    return tuple(field.type in ("bool", "bool | None") for field in fields(kind))


@cache
def _upsert(kind: Any) -> str:
    key, *others = (field.name for field in fields(kind))
    marks = ", ".join("?" for _ in fields(kind))
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    insert = f"INSERT INTO {kind.TABLE} VALUES ({marks})"  # noqa: S608 - names of our own
    return f"{insert} ON CONFLICT ({key}) DO UPDATE SET {changes}"
