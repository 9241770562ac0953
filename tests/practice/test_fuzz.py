"""Anything may be sent: the answer is the service's, and what is refused leaves no trace.

``FUZZ=100`` in the environment tries a hundred times as many examples.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvcsr_widgets.practice import issuing
from kvcsr_widgets.practice.asked import MAX_BODY, MAX_DEPTH
from kvcsr_widgets.practice.routes import ROUTES
from kvcsr_widgets.practice.rows import Operation, Version
from tests.practice import fuzz
from tests.practice.fuzz import ANY_JSON, NAMES, Seeds, Sent, Target, dumped

pytestmark = pytest.mark.filterwarnings(
    # a certificate's negative serial number and the like: cryptography warns, and reads it
    "ignore::cryptography.utils.CryptographyDeprecationWarning",
    "ignore:Attribute's length must be:UserWarning",
)

SCALE = int(os.environ.get("FUZZ", "1"))
ROUTE_IDS = [f"{method}-{path}" for method, path, *_ in ROUTES]
WITH_BODY = [route for route in ROUTES if route[0] in ("POST", "PUT", "PATCH")]
each_route = pytest.mark.parametrize("route", ROUTES, ids=ROUTE_IDS)


def examples(number: int) -> settings:
    """Always the same examples, so that a build does not fail by chance."""
    return settings(
        deadline=None,
        derandomize=True,
        max_examples=number * SCALE,
        # one vault for all examples of a test, on purpose: they meet what others left
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.fixture(scope="module", autouse=True)
def _one_rsa_key_of_each_size() -> Iterator[None]:
    """RSA keys take long to make, and here any will do."""
    with pytest.MonkeyPatch.context() as patch:
        made = lru_cache(typed=True)(rsa.generate_private_key)
        patch.setattr(rsa, "generate_private_key", made)
        yield


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return fuzz.plant(tmp_path_factory.mktemp("seeds") / "vault.sqlite")


@pytest.fixture
def target(seeds: Seeds, tmp_path: Path) -> Iterator[Target]:
    opened = seeds.open(tmp_path / "vault.sqlite")
    yield opened
    opened.close()


def filled(path: str, name: str, seeds: Seeds, number: int = 0) -> str:
    """A route's path with a name and a version in it."""
    version = seeds.versions[number % len(seeds.versions)]
    return path.replace("<name>", name).replace("<issuer>", "test").replace("<version>", version)


@each_route
def test_any_bytes_may_come_as_a_body(route: Any, target: Target, seeds: Seeds) -> None:
    @examples(20)
    @given(st.binary(max_size=60), st.sampled_from(NAMES))
    def attempt(body: bytes, name: str) -> None:
        target.check(Sent(route[0], filled(route[1], name, seeds), body))

    attempt()


@each_route
def test_any_json_may_come_as_a_body(route: Any, target: Target, seeds: Seeds) -> None:
    @examples(20)
    @given(ANY_JSON, st.sampled_from(NAMES))
    def attempt(body: object, name: str) -> None:
        target.check(Sent(route[0], filled(route[1], name, seeds), dumped(body)))

    attempt()


@pytest.mark.parametrize("route", WITH_BODY, ids=[route[2].__name__ for route in WITH_BODY])
def test_any_member_of_a_good_body_may_be_wrong(route: Any, target: Target, seeds: Seeds) -> None:
    @examples(150)
    @given(
        fuzz.spoiled(seeds.bodies().get(route[2].__name__, {"a": 1})),
        st.sampled_from(NAMES),
        st.integers(0, 9),
        st.sampled_from([0, 0, 0, 4, 20, 40 * 86_400]),
    )
    def attempt(body: object, name: str, number: int, seconds: int) -> None:
        target.clock.now += seconds
        path = filled(route[1], name, seeds, number)
        target.check(Sent(route[0], path, dumped(body)))
        for then in (path.rpartition("/")[0], f"/certificates/{name}", f"/secrets/{name}"):
            target.check(Sent("GET", then))

    attempt()


ODD_TEXT = st.text(max_size=12) | st.sampled_from(
    [
        *("%", "%00", "%ff", "%C3%28", "%2e%2e", "..", "%2F", "//", "a" * 300, "%ED%A0%80", "*"),
        *("pending", "policy", "versions", "contacts", "issuers", "restore", "create", "\r\n"),
    ]
)
TOKENS = (st.binary(max_size=20) | st.sampled_from([b"done", b"\x00", b"\xff", b"zzz"])).map(
    lambda data: base64.urlsafe_b64encode(data).decode()
)
QUERY = st.lists(
    st.tuples(
        st.sampled_from(
            [*("api-version", "maxresults", "$skiptoken", "request_id", "includePending", "a")]
        ),
        ODD_TEXT
        | TOKENS
        | st.sampled_from(["7.4", "7.6", "9.9", "1", "25", "026", "-1", "1e1", "\u0661", "true"]),
    ),
    max_size=4,
)
LATIN = st.text(st.characters(max_codepoint=255), max_size=20)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "HTTP_HOST": LATIN | st.none() | st.sampled_from(["", "a..b", "[::1]:1", "a:99999", "é"]),
        "HTTP_AUTHORIZATION": LATIN | st.none() | st.sampled_from(["Bearer a.b.c", "bearer \xff"]),
        "HTTP_ACCEPT": LATIN | st.sampled_from(["application/pkcs10", "application/pkcs10;q=x"]),
        "HTTP_X_MS_CLIENT_REQUEST_ID": LATIN | st.just("a\r\n b"),
        "HTTP_UPGRADE": st.just("websocket"),
        "HTTP_CONNECTION": st.just("Upgrade"),
        "HTTP_TRANSFER_ENCODING": st.just("chunked") | LATIN,
        "HTTP_CONTENT_ENCODING": st.just("gzip") | LATIN,
        "HTTP_X_HTTP_METHOD_OVERRIDE": st.just("DELETE"),
        "HTTP_COOKIE": LATIN,
        "CONTENT_TYPE": LATIN
        | st.none()
        | st.sampled_from(
            [
                *("multipart/form-data; boundary=a", "application/x-www-form-urlencoded"),
                "application/json; charset=utf-16",
            ]
        ),
        "CONTENT_LENGTH": LATIN
        | st.none()
        | st.integers(-9, 99).map(str)
        | st.sampled_from(["", "+1", "1_0", "9" * 5000, "\u00b2", " 2 ", "1e1"]),
        "SCRIPT_NAME": LATIN,
    },
)
METHODS = st.sampled_from(["HEAD", "OPTIONS", "TRACE", "PUT", "get", "", "PROPFIND"]) | LATIN


@each_route
def test_any_address_and_headers_may_come(route: Any, target: Target, seeds: Seeds) -> None:
    @examples(60)
    @given(
        st.just(route[0]) | METHODS,
        st.lists(st.sampled_from(NAMES) | ODD_TEXT, min_size=3, max_size=3),
        QUERY,
        HEADERS,
        st.sampled_from([b"", b"{}", b"a" * 30]),
        st.integers(0, 9),
    )
    def attempt(
        method: str,
        odd: list[str],
        query: list[tuple[str, str]],
        headers: dict[str, Any],
        body: bytes,
        number: int,
    ) -> None:
        path = route[1]
        for part, text in zip(("<name>", "<issuer>", "<version>"), odd, strict=True):
            path = path.replace(part, text) if number < 8 else path
        sent = "&".join(["api-version=7.6", *(f"{name}={value}" for name, value in query)])
        shown = sent if number % 4 else sent.partition("&")[2]
        asked = shown.encode("utf-8", "surrogatepass")
        path = filled(path, "done", seeds, number)
        target.check(Sent(method, path, body, asked, headers))

    attempt()


def test_any_damage_may_be_in_a_merged_certificate(target: Target, seeds: Seeds) -> None:
    @examples(100)
    @given(
        fuzz.damaged(seeds.der) | fuzz.damaged(seeds.p7b) | fuzz.damaged(seeds.chain[0]),
        st.booleans(),
    )
    def attempt(file: bytes, whole: bool) -> None:
        x5c = [*map(fuzz.text, (file, *seeds.chain)), *([fuzz.text(seeds.der)] if whole else [])]
        merge = Sent("POST", "/certificates/web/pending/merge", dumped({"x5c": x5c}))
        before = target.practice.store.newest("web"), target.practice.store.operation("web")
        if target.check(merge).status == 201:
            read_back(target, "web")
            wait_again(target, *before)

    attempt()


def wait_again(target: Target, version: Version | None, operation: Operation | None) -> None:
    """Have ``web`` wait as it did, with the key that the seeds' certificate is over."""
    assert version
    assert operation
    store = target.practice.store
    with store.transaction():
        newest = store.newest("web")
        assert newest
        store.drop_version(newest.id)
        store.put(version)
        store.put(operation)


ODD_CERTIFICATES = {
    "the year 0": (b"20550101000000Z", b"00000101000000Z"),
    "the year 1": (b"20550101000000Z", b"00010101000000Z"),
    "the year 9999": (b"20600101000000Z", b"99991231235959Z"),
    "a name of no UTF-8": (b"www.contoso.com", b"www.\xff\xfe\x00toso.com"),
    "a name of NUL": (b"www.contoso.com", b"\x00" * 15),
    "a name that is a number": (b"\x55\x04\x03\x0c", b"\x55\x04\x03\x02"),
    "a DNS name beyond ASCII": (b"a.example", b"a.\xe9xample"),
    "an address of nine bytes": (b"\x82\x09a.example", b"\x87\x09a.example"),
    "a negative serial number": (b"\x12\x34\x56\x78\x90", b"\x92\x34\x56\x78\x90"),
    "an extension twice": (b"\x55\x1d\x0e", b"\x55\x1d\x25"),
    "an unknown critical extension": (b"\x55\x1d\x13", b"\x55\x1d\x7f"),
}


@pytest.mark.parametrize("odd", ODD_CERTIFICATES.values(), ids=list(ODD_CERTIFICATES))
def test_an_odd_certificate_is_refused_or_kept_for_good(
    odd: tuple[bytes, bytes], target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    good = fuzz.certificate(key, dt.datetime(2055, 1, 1, tzinfo=dt.UTC))
    der = good.public_bytes(Encoding.DER)
    assert odd[0] in der
    file = der.replace(*odd)
    monkeypatch.setattr(issuing, "new_key", lambda _props: issuing.key_der(key))

    import_file(target, "application/x-pem-file", fuzz.pem_of(key, file))
    assert target.check(Sent("DELETE", "/certificates/web/pending")).status == 200
    wanted = dumped({"policy": fuzz.policy()})
    assert target.check(Sent("POST", "/certificates/web/create", wanted)).status == 202
    merge = Sent("POST", "/certificates/web/pending/merge", dumped({"x5c": [fuzz.text(file)]}))
    if target.check(merge).status == 201:
        read_back(target, "web")


def test_what_lasts_no_month_is_not_renewed_for_ever(target: Target) -> None:
    wanted = fuzz.policy("Self")
    wanted["x509_props"]["validity_months"] = 0
    created = Sent("POST", "/certificates/fresh/create", dumped({"policy": wanted}))
    assert target.check(created).status == 202
    target.clock.now += 20
    for _ in range(5):
        target.clock.now += 2000
        target.check(Sent("GET", "/certificates/fresh"))

    assert len(target.practice.store.versions("fresh")) == 1


IMPORTS: dict[str, Callable[[Seeds], bytes]] = {
    "application/x-pkcs12": lambda seeds: seeds.pfx,
    "application/x-pem-file": lambda seeds: seeds.pem,
}


@pytest.mark.parametrize("kind", IMPORTS)
def test_any_damage_may_be_in_an_imported_file(kind: str, target: Target, seeds: Seeds) -> None:
    @examples(200)
    @given(fuzz.damaged(IMPORTS[kind](seeds)))
    def attempt(file: bytes) -> None:
        import_file(target, kind, file)

    attempt()


def import_file(target: Target, kind: str, file: bytes) -> None:
    """Import it and, where that is answered, read everything of it and renew it."""
    body = {
        "value": fuzz.text(file),
        "policy": {"secret_props": {"contentType": kind}, "issuer": {"name": "Self"}},
    }
    if target.check(Sent("POST", "/certificates/fresh/import", dumped(body))).status == 200:
        read_back(target, "fresh")
        target.check(Sent("POST", "/certificates/fresh/create", b"{}"))
        target.clock.now += 20
        read_back(target, "fresh")


def read_back(target: Target, name: str) -> None:
    """Every way to see a certificate answers."""
    certificate = target.check(Sent("GET", f"/certificates/{name}"))
    assert certificate.status == 200
    version = certificate.json()["id"].rpartition("/")[2]
    for path in (f"certificates/{name}/{version}", f"certificates/{name}/policy"):
        assert target.check(Sent("GET", f"/{path}")).status == 200
    for path in (f"secrets/{name}", f"keys/{name}", "certificates"):
        target.check(Sent("GET", f"/{path}"))
    target.check(Sent("POST", f"/certificates/{name}/backup"))


def test_any_damage_may_be_in_a_backup(target: Target, seeds: Seeds) -> None:
    inner = base64.urlsafe_b64decode(seeds.blob + "==")

    @examples(150)
    @given(
        fuzz.damaged(seeds.blob.encode()).map(lambda blob: blob.decode("latin-1"))
        | fuzz.damaged(inner).map(lambda blob: base64.urlsafe_b64encode(blob).decode())
    )
    def attempt(blob: str) -> None:
        answered = target.check(Sent("POST", "/certificates/restore", dumped({"value": blob})))
        assert answered.status in (400, 409)

    attempt()


class Untouched(io.RawIOBase):
    """A body that must not be read."""

    def readinto(self, _buffer: Any) -> int:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("route", WITH_BODY, ids=[route[2].__name__ for route in WITH_BODY])
def test_a_body_that_is_too_large_is_refused_unread(
    route: Any, target: Target, seeds: Seeds
) -> None:
    environ = {"CONTENT_LENGTH": str(MAX_BODY + 1), "wsgi.input": Untouched()}
    answered = target.check(Sent(route[0], filled(route[1], "web", seeds), environ=environ))

    assert answered.status == 413


def test_a_body_that_grows_too_large_is_refused(target: Target) -> None:
    environ = {
        "CONTENT_LENGTH": None,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
    }
    body = b'"' + b"a" * (3 * MAX_BODY) + b'"'
    answered = target.check(Sent("POST", "/certificates/web/create", body, environ=environ))

    assert answered.status == 413


def test_a_body_that_ends_early_is_refused(target: Target) -> None:
    sent = Sent("POST", "/certificates/fresh/create", b"{}", environ={"CONTENT_LENGTH": "100"})

    assert target.check(sent).status == 400


def test_a_client_request_id_in_two_lines_comes_back_in_one(target: Target) -> None:
    environ = {"HTTP_X_MS_CLIENT_REQUEST_ID": "a\r\n b"}

    assert target.check(Sent("GET", "/certificates", environ=environ)).status == 200


def test_the_size_of_a_key_is_a_whole_number(target: Target) -> None:
    wanted = fuzz.policy() | {"key_props": {"kty": "RSA", "key_size": 2048.0}}
    sent = Sent("POST", "/certificates/fresh/create", dumped({"policy": wanted}))

    assert target.check(sent).status == 400


def nested(depth: int) -> bytes:
    """An object of this depth in all."""
    return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 100_000])
def test_what_is_nested_too_deep_is_refused(depth: int, target: Target) -> None:
    assert target.check(Sent("PATCH", "/certificates/done", nested(depth))).status == 400
    assert target.check(Sent("PATCH", "/certificates/done", nested(MAX_DEPTH))).status == 200


GOOD = json.dumps({"tags": {"a": "ü"}}, ensure_ascii=False)


@pytest.mark.parametrize(
    "body",
    [
        GOOD.encode("utf-16"),
        GOOD.encode("utf-32"),
        GOOD.encode("latin-1"),
        GOOD.encode("utf-8-sig"),
        b'{"tags":{"a":"\xed\xa0\x80"}}',
        b'{"tags":{"a":"\\ud800"}}',
        b'{"tags":{"\\udfff":"a"}}',
        b'{"\\ud800":{}}',
        b'{"other":NaN}',
        b'{"other":-Infinity}',
        b'{"other":' + b"9" * 5000 + b"}",
        b'{"tags":{"a":1e400}}',
        b"",
        b"null",
        b"{} {}",
        b"{'tags':{}}",
        b'{"tags":{"a":"b"},}',
        b'{"tags":{"a":"\x00"}}',
    ],
)
def test_what_is_no_json_is_refused(body: bytes, target: Target) -> None:
    assert target.check(Sent("PATCH", "/certificates/done", body)).status == 400


def test_the_last_of_two_members_of_a_name_counts(target: Target) -> None:
    body = b'{"tags":{"a":"b"},"tags":{"a":"c"},"attributes":5,"attributes":null}'
    answered = target.check(Sent("PATCH", "/certificates/done", body))

    assert answered.json()["tags"] == {"a": "c"}
