"""A practice vault with as many certificates as a test asks for, made in no time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace

from azure.keyvault.certificates import CertificatePolicy

from kvcsr_widgets.practice.transport import Practice
from tests.bench.pipeline import to_practice

EC = CertificatePolicy(issuer_name="Unknown", subject="CN=a", key_type="EC")
HOSTILE = '<img src=x onerror="window.hacked = 1">&<b>'
"""What a stranger may write into a tag or an error."""


def fill(practice: Practice, size: int) -> None:
    """Finished certificates ``c000000`` and so on, until there are ``size``: copies of one."""
    with to_practice(practice) as client:
        made = client.begin_create_certificate("c000000", EC).result()
        csr = bytes(getattr(made, "csr", b""))
        client.merge_certificate("c000000", [practice.authority.sign(csr).cer])
    _copy(practice, "c000000", [f"c{number:06}" for number in range(1, size)])


def fill_waiting(practice: Practice, size: int) -> None:
    """Requests that wait for a CA, ``w000000`` and so on: copies of one."""
    with to_practice(practice) as client:
        client.begin_create_certificate("w000000", EC).result()
    _copy(practice, "w000000", [f"w{number:06}" for number in range(1, size)])


def fail(practice: Practice, name: str, said: str) -> None:
    """A request that the CA refused with these words; its tag is hostile."""
    with to_practice(practice) as client:
        client.begin_create_certificate(name, EC).result()
    store = practice.store
    version, operation = store.newest(name), store.operation(name)
    assert version is not None
    assert operation is not None
    with store.transaction():
        store.put(replace(version, tags=json.dumps({"said": HOSTILE})))
        store.put(replace(operation, failure=json.dumps({"code": "Refused", "message": said})))


def _copy(practice: Practice, name: str, names: Iterable[str]) -> None:
    store = practice.store
    certificate, version = store.certificate(name), store.newest(name)
    operation = store.operation(name)
    assert certificate is not None
    assert version is not None
    assert operation is not None
    with store.transaction():
        for each in names:
            new = uuid.uuid4().hex
            store.put(replace(certificate, name=each))
            store.put(replace(version, name=each, id=new))
            store.put(replace(operation, name=each, version=new))
