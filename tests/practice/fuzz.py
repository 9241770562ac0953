"""A practice vault to throw things at: its seeds, hostile values, and what every answer keeps."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import strategies as st
from werkzeug.test import run_wsgi_app

from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.tokens import resource_of
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.wire import Json

HOST = "practice.vault.practice.invalid"
DELAYS = Delays(issue=15, cancel=10, delete=5)
NAMES = ("web", "done", "gone", "bare", "fresh", "WEB")
ISSUERS = ("test", "digi", "fresh")


@dataclass(frozen=True)
class Sent:
    """A request, as near to the bytes on the wire as WSGI allows."""

    method: str
    path: str
    body: bytes = b""
    query: bytes = b"api-version=7.6"
    environ: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    status: int
    content_type: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body, parse_constant=_no_json)


@dataclass
class Target:
    """An open practice vault, and a second look at its file."""

    practice: Practice
    clock: Clock
    db: sqlite3.Connection

    def send(self, sent: Sent) -> Answered:
        """One request to the WSGI app, with a good token."""
        token, _expires = self.practice.tokens.issue(resource_of(HOST))
        environ: dict[str, Any] = {
            "REQUEST_METHOD": sent.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(sent.path).decode("latin-1"),
            "QUERY_STRING": sent.query.decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": HOST,
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(sent.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        environ |= sent.environ
        environ = {name: value for name, value in environ.items() if value is not None}
        body, status, headers = run_wsgi_app(self.practice.app, environ, buffered=True)
        return Answered(int(status[:3]), headers.get("Content-Type", ""), b"".join(body))

    def settle(self) -> None:
        """Have the vault do what is due, so that the next request alone changes anything."""
        store, now = self.practice.store, int(self.clock())
        for _ in range(20):
            if not store.due(now, 1):
                return
            self.practice.vault.service.settle()
        raise AssertionError("what is due is never done")

    def changes(self) -> int:
        """Differs after every commit to the file."""
        return int(self.db.execute("PRAGMA data_version").fetchone()[0])

    def check(self, sent: Sent) -> Answered:
        """Send it; the answer is one of the service's kind, and a refusal changes nothing."""
        self.settle()
        before = self.changes()
        answered = self.send(sent)
        assert_service_like(sent, answered)
        if answered.status >= 400:
            assert self.changes() == before
        return answered

    def close(self) -> None:
        self.db.close()
        self.practice.close()


def assert_service_like(sent: Sent, answered: Answered) -> None:
    """Success or the caller's mistake, and the body that belongs to it."""
    assert 200 <= answered.status < 300 or 400 <= answered.status < 500
    if sent.method == "HEAD" or answered.status == 204:
        assert answered.body == b""
    elif answered.status >= 400:
        assert answered.content_type.startswith("application/json")
        assert_envelope(answered.json())
    elif answered.content_type.startswith("application/json"):
        assert isinstance(answered.json(), dict)
    else:
        assert answered.content_type.startswith("application/pkcs10")


def assert_envelope(body: Any) -> None:
    """The service's error: a code, a message and at most an inner code."""
    assert set(body) == {"error"}
    error = body["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "innererror"}
    assert isinstance(error["code"], str)
    assert isinstance(error["message"], str)


def _no_json(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


def open_target(path: Path) -> Target:
    """Open a vault's file twice: for the app, and to look at."""
    clock = Clock(START + 100)
    practice = Practice(path, clock, delays=DELAYS)
    return Target(practice, clock, sqlite3.connect(path))


def policy(issuer: str = "Unknown") -> Json:
    """A policy with every member there is."""
    return {
        "id": "https://practice.vault.practice.invalid/certificates/web/policy",
        "key_props": {
            "exportable": True,
            "kty": "EC",
            "crv": "P-256",
            "key_size": 256,
            "reuse_key": True,
        },
        "secret_props": {"contentType": "application/x-pkcs12"},
        "x509_props": {
            "subject": "CN=www.contoso.com",
            "sans": {
                "dns_names": ["a.example"],
                "emails": ["a@a.example"],
                "upns": ["a@b"],
                "uris": ["https://a.example"],
                "ipAddresses": ["192.0.2.1"],
            },
            "ekus": ["1.3.6.1.5.5.7.3.1"],
            "key_usage": ["digitalSignature"],
            "validity_months": 12,
            "basic_constraints": {"ca": False},
        },
        "lifetime_actions": [
            {"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "AutoRenew"}}
        ],
        "issuer": {"name": issuer, "cert_transparency": False, "cty": "DV-SSL"},
        "attributes": {"enabled": True},
    }


@dataclass(frozen=True)
class Seeds:
    """A file with something in every state, and good things to spoil."""

    path: Path
    der: bytes
    chain: tuple[bytes, ...]
    p7b: bytes
    pfx: bytes
    pem: bytes
    blob: str
    versions: tuple[str, ...]

    def open(self, path: Path) -> Target:
        """A copy of the file, opened."""
        shutil.copy(self.path, path)
        return open_target(path)

    def bodies(self) -> dict[str, Json]:
        """A good body for each route that takes one, by the name of its function."""
        more: Json = {
            "attributes": {"enabled": True},
            "tags": {"a": "b"},
            "preserveCertOrder": True,
        }
        issuer: Json = {
            "provider": "DigiCert",
            "credentials": {"account_id": "1", "pwd": "long enough"},
            "org_details": {
                "id": "7",
                "admin_details": [
                    {"first_name": "A", "last_name": "B", "email": "a@b", "phone": "1"}
                ],
            },
            "attributes": {"enabled": True},
        }
        return {
            "create": {"policy": policy("Self")} | more,
            "import_certificate": {"value": text(self.pfx), "policy": policy(), "pwd": ""} | more,
            "merge": {"x5c": [text(self.der), *map(text, self.chain)]} | more,
            "patch_pending": {"cancellation_requested": True},
            "update_policy": policy("test"),
            "update_certificate": {"policy": policy()} | more,
            "update_version": {"policy": policy()} | more,
            "set_issuer": issuer,
            "update_issuer": issuer,
            "set_contacts": {"contacts": [{"email": "a@b", "name": "A", "phone": "1"}]},
            "restore": {"value": self.blob},
        }


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def dumped(value: object) -> bytes:
    """JSON with every number that a float can hold, the infinite ones in digits."""
    return json.dumps(value).replace("Infinity", "1e400").encode()


def plant(path: Path) -> Seeds:
    """Make the seeds. ``web`` waits, ``done`` is issued twice, ``gone`` is deleted."""
    target = open_target(path)
    practice = target.practice

    def post(route: str, body: object = None, method: str = "POST") -> Any:
        answered = target.send(Sent(method, route, dumped(body or {})))
        assert answered.status < 300, answered.body
        target.clock.now += 20
        target.settle()
        return json.loads(answered.body or b"{}")

    def reply(name: str) -> Any:
        csr = base64.b64decode(post(f"/certificates/{name}/create", {"policy": policy()})["csr"])
        return practice.authority.sign(csr)

    for issuer, provider in (("test", "Test"), ("digi", "DigiCert")):
        post(f"/certificates/issuers/{issuer}", {"provider": provider}, "PUT")
    post("/certificates/contacts", {"contacts": [{"email": "a@b"}]}, "PUT")
    for _ in range(2):
        post("/certificates/done/pending/merge", {"x5c": [text(reply("done").cer)]})
    post("/certificates/gone/create", {"policy": policy("Self")})
    blob = post("/certificates/gone/backup")["value"]
    post("/certificates/gone", method="DELETE")
    post("/certificates/bare/create", {"policy": policy()})
    post("/certificates/bare/pending", method="DELETE")
    waiting = reply("web")
    chain = tuple(each.public_bytes(Encoding.DER) for each in waiting.chain)
    pfx, pem = file_to_import()
    versions = tuple(row[0] for row in target.db.execute("SELECT id FROM versions ORDER BY rowid"))
    target.close()
    return Seeds(path, waiting.cer, chain, waiting.p7b, pfx, pem, blob, versions)


def file_to_import(password: bytes | None = None) -> tuple[bytes, bytes]:
    """A certificate with its key as PKCS #12 and as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificate(key, dt.datetime(2055, 1, 1, tzinfo=dt.UTC))
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    pfx = pkcs12.serialize_key_and_certificates(b"a", key, leaf, [leaf], encryption)
    return pfx, pem_of(key, leaf.public_bytes(Encoding.DER))


def pem_of(key: ec.EllipticCurvePrivateKey, der: bytes) -> bytes:
    """A key and a certificate of any content, as PEM."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    body = base64.encodebytes(der)
    return pem + b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def certificate(key: ec.EllipticCurvePrivateKey, begin: dt.datetime) -> x509.Certificate:
    """A self-signed certificate with several extensions; dates from 2050 on have a long form."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.contoso.com")])
    names = [x509.DNSName("a.example"), x509.RFC822Name("a@a.example")]
    ekus = [ExtendedKeyUsageOID.SERVER_AUTH]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(0x1234567890ABCDEF)
        .not_valid_before(begin)
        .not_valid_after(dt.datetime(2060, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage(ekus), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        [
            *("", "EC", "RSA", "EC-HSM", "P-256K", "Self", "Unknown", "test", "digi", "nobody"),
            *("application/x-pem-file", "CN=", "CN=a+b", "O=,", "2.5.29.99999999999999999999"),
            *("keyAgreement", "encipherOnly", "xn--", "a@", "fe80::1%eth0", ":", "\x00", "\ud800"),
            *(0, -1, 2**31, 2**63, 2**64, 10**400, 2048.0, 256.0, 1e308, float("inf"), 384, 1200),
        ]
    )
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def places(value: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where a value could be replaced, as paths from the top."""
    inner: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    return [at, *(place for key, each in inner for place in places(each, (*at, key)))]


def replaced(value: Json, place: tuple[Any, ...], new: object) -> Any:
    """The value with something else in one place; a place that is not there is left alone."""
    if not place:
        return new
    whole = deepcopy(value)
    owner: Any = whole
    try:
        for key in place[:-1]:
            owner = owner[key]
        owner[place[-1]]
    except (LookupError, TypeError):
        return whole
    if isinstance(owner, str):
        return whole
    if new is ABSENT:
        del owner[place[-1]]
    else:
        owner[place[-1]] = new
    return whole


ABSENT = object()


def spoiled(good: Json) -> st.SearchStrategy[Any]:
    """A good body with up to three of its members absent or anything else."""
    change = st.tuples(st.sampled_from(places(good)[1:]), ANY_JSON | st.just(ABSENT))

    def apply(changes: list[tuple[tuple[Any, ...], object]]) -> Any:
        body = good
        for place, new in changes:
            body = replaced(body, place, new)
        return body

    return st.lists(change, max_size=3).map(apply)


def damaged(data: bytes) -> st.SearchStrategy[bytes]:
    """Bytes with a few of them changed, missing or doubled, or cut off."""
    at = st.integers(0, len(data) - 1)
    change = st.tuples(st.sampled_from(_DAMAGES), at, st.integers(0, 255))

    def apply(changes: list[tuple[Callable[[bytearray, int, int], None], int, int]]) -> bytes:
        changed = bytearray(data)
        for do, position, byte in changes:
            do(changed, position, byte)
        return bytes(changed)

    return st.lists(change, min_size=1, max_size=4).map(apply)


def _set(data: bytearray, at: int, byte: int) -> None:
    data[at : at + 1] = bytes([byte])


def _cut(data: bytearray, at: int, byte: int) -> None:
    if byte > 200:  # seldom: it ends all
        del data[at:]


def _insert(data: bytearray, at: int, byte: int) -> None:
    data[at:at] = bytes([byte])


def _drop(data: bytearray, at: int, _byte: int) -> None:
    del data[at : at + 1]


_DAMAGES: tuple[Callable[[bytearray, int, int], None], ...] = (_set, _cut, _insert, _drop)
