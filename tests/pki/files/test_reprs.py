"""What holds a file's bytes shows none of them: a private key may be among them."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kvcsr_widgets.pki import files, replies, signed
from kvcsr_widgets.pki.files.archive import Member, members
from kvcsr_widgets.pki.files.armour import Block, blocks
from kvcsr_widgets.pki.files.budget import Budget
from kvcsr_widgets.pki.files.mail import Part, parts
from kvcsr_widgets.runbook import folder, search
from kvcsr_widgets.runbook.folder import Folder
from tests import certificates
from tests.pki.test_signed import attached, zipped

KEY = certificates.key("web").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
SECRET = KEY.decode().splitlines()[1]


def holders() -> Iterator[type]:
    """Every dataclass of the modules through whose hands a file goes."""
    names = [each.name for each in pkgutil.iter_modules(files.__path__, f"{files.__name__}.")]
    modules = [importlib.import_module(name) for name in names]
    for module in (*modules, replies, signed, folder, search):
        for found in vars(module).values():
            if dataclasses.is_dataclass(found) and isinstance(found, type):
                yield found


@pytest.mark.parametrize("holder", dict.fromkeys(holders()))
def test_no_field_of_bytes_is_shown(holder: type) -> None:
    shown = [field.name for field in dataclasses.fields(holder) if field.repr]
    types = {field.name: str(field.type) for field in dataclasses.fields(holder)}

    assert [name for name in shown if "bytes" in types[name]] == []


def test_the_holders_are_found() -> None:
    """Otherwise the test above would prove nothing."""
    assert {Member, Part, Block, Folder, search.Search} <= set(holders())


def test_a_private_key_is_in_no_repr() -> None:
    found = [
        members(zipped({"web.key": KEY}), most=1, size=Budget().size),
        parts(attached(KEY, "web.key").decode()),
        blocks(KEY.decode()),
        Folder((("web.key", KEY),)),
    ]

    assert all(found)
    binary = (blocks(KEY.decode()) or [Block("", b"")])[0].data
    for each in found:
        assert SECRET not in repr(each)
        assert repr(binary)[2:40] not in repr(each)
