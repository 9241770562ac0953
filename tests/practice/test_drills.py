"""What a drill needs: faults on demand, a clock that moves, and several vaults."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ServiceResponseError
from azure.keyvault.certificates import CertificateClient
from werkzeug.test import Client

from kvcsr_widgets.errors import InputError, NotFoundError, PracticeError
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.practice import export
from kvcsr_widgets.practice.clock import DAY, MAX_YEARS, MovableClock
from kvcsr_widgets.practice.faults import MAX_FAULTS, Fault, Faults
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.routes import ROUTES
from kvcsr_widgets.practice.state import State
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.session import practise
from tests.practice.steps import finish
from tests.practice.wire import Wire

ONCE: dict[str, Any] = {"retry_total": 0}


@pytest.fixture
def faults(practice: Practice) -> Faults:
    return practice.state.faults


def refused(client: CertificateClient, **options: Any) -> HttpResponseError:
    with pytest.raises(HttpResponseError) as caught:
        client.get_certificate_policy("web", **ONCE, **options)
    return caught.value


def headers(error: HttpResponseError) -> dict[str, str]:
    response: Any = error.response
    return dict(response.headers)


@pytest.mark.parametrize("retry_after", [None, 0, 7])
def test_throttling_with_and_without_a_retry_after(
    wire: Wire, client: CertificateClient, faults: Faults, retry_after: int | None
) -> None:
    wire.create()
    faults.add(Fault("throttled", retry_after=retry_after))

    error = refused(client)

    assert error.status_code == 429
    assert error.error is not None
    assert (error.error.code, error.error.message) == (
        "Throttled",
        "Request was not processed because too many requests were received. Reason: "
        "VaultRequestTypeLimitReached",
    )
    expected = None if retry_after is None else str(retry_after)
    assert headers(error).get("Retry-After") == expected
    assert client.get_certificate_policy("web") is not None


@pytest.mark.parametrize("status", [500, 503])
def test_an_error_of_the_service(
    wire: Wire, client: CertificateClient, faults: Faults, status: int
) -> None:
    wire.create()
    faults.add(Fault("error", status=status))

    assert refused(client).status_code == status
    assert client.get_certificate_policy("web") is not None


def test_the_sdk_tries_again_after_a_fault(
    wire: Wire, client: CertificateClient, faults: Faults
) -> None:
    wire.create()
    faults.add(Fault("throttled", retry_after=0))
    faults.add(Fault("error"))
    faults.add(Fault("drop-before"))

    assert client.get_certificate_policy("web", retry_backoff_factor=0) is not None
    assert faults.waiting() == ()


def test_latency(wire: Wire, faults: Faults) -> None:
    faults.add(Fault("latency", seconds=0.2))
    begin = time.perf_counter()

    wire.send("GET", "/certificates")

    assert time.perf_counter() - begin >= 0.2


@pytest.mark.parametrize(("kind", "done"), [("drop-before", False), ("drop-after", True)])
def test_a_dropped_connection_before_and_after_the_work(
    wire: Wire, client: CertificateClient, practice: Practice, faults: Faults, kind: str, done: bool
) -> None:
    finish(wire, practice)
    faults.add(Fault(kind, operation="delete_certificate"))

    with pytest.raises(ServiceResponseError, match="Connection aborted"):
        client.begin_delete_certificate("web", **ONCE)

    assert (wire.send("GET", "/certificates/web").status == 404) == done


def test_a_refusal_can_be_lost_too(wire: Wire, client: CertificateClient, faults: Faults) -> None:
    faults.add(Fault("drop-after", operation="get_policy"))

    with pytest.raises(ServiceResponseError):
        client.get_certificate_policy("nobody", **ONCE)
    assert faults.waiting() == ()
    assert wire.send("GET", "/certificates/nobody/policy").status == 404


def test_a_dropped_answer_hides_no_other_fault(
    practice: Practice, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.add(Fault("drop-after"))
    monkeypatch.setattr(practice.vault.shelf, "certificate", lambda _name: 1 / 0)
    token = practice.tokens.issue("https://vault.practice.invalid")[0]

    with pytest.raises(ZeroDivisionError):
        practice.session().get(
            f"{practice.url}/certificates/web/policy?api-version=7.4",
            headers={"Authorization": f"Bearer {token}"},
        )


def test_a_fault_waits_for_its_operation_and_its_call(wire: Wire, faults: Faults) -> None:
    wire.create()
    faults.add(Fault("throttled", operation="get_policy", call=2, times=2))

    other = [wire.send("GET", "/certificates/web").status for _ in range(3)]
    policy = [_policy(wire) for _ in range(5)]

    assert other == [200, 200, 200]
    assert policy == [200, 429, 429, 200, 200]


def _policy(wire: Wire) -> int:
    from azure.core.rest import HttpRequest

    request = HttpRequest("GET", "/certificates/web/policy?api-version=7.4")
    return int(wire.client.send_request(request, **ONCE).status_code)


def test_faults_can_be_cleared(wire: Wire, faults: Faults) -> None:
    faults.add(Fault("error", times=1000))
    assert len(faults.waiting()) == 1
    faults.clear()
    assert wire.send("GET", "/certificates").status == 200


def test_operations_have_different_names() -> None:
    names = [handler.__name__ for _method, _path, handler, _action in ROUTES]
    assert {name for name in names if names.count(name) > 1} == {"get_secret", "get_key"}


GOOD = {"kind": "latency"}


@pytest.mark.parametrize(
    "value",
    [
        5,
        {},
        GOOD | {"more": 1},
        {"kind": "earthquake"},
        GOOD | {"operation": 5},
        GOOD | {"operation": "nonsense"},
        GOOD | {"retry_after": False},
        GOOD | {"call": 0},
        GOOD | {"call": True},
        GOOD | {"times": 1.5},
        GOOD | {"seconds": 61},
        GOOD | {"seconds": -1},
        GOOD | {"seconds": float("nan")},
        GOOD | {"seconds": "1"},
        GOOD | {"status": 200},
        GOOD | {"retry_after": 61},
        GOOD | {"retry_after": "1"},
    ],
    ids=str,
)
def test_a_fault_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        Fault.from_json(value)


def test_a_fault_goes_to_json_and_back() -> None:
    fault = Fault("throttled", operation="merge", call=3, times=2, retry_after=5)
    assert Fault.from_json(fault.to_json()) == fault


def test_there_is_an_end_to_faults(faults: Faults) -> None:
    for _ in range(MAX_FAULTS):
        faults.add(Fault("error"))
    with pytest.raises(InputError, match="wait already"):
        faults.add(Fault("error"))


def test_a_fault_can_be_told_by_its_fields(faults: Faults) -> None:
    faults.lay("throttled", "merge", times=2)
    assert faults.waiting() == (Fault("throttled", operation="merge", times=2),)
    with pytest.raises(InputError):
        faults.lay("throttled", "knit")


def test_a_moved_clock_ends_a_certificate(tmp_path: Path) -> None:
    clock = MovableClock()
    practice = Practice(tmp_path / "vault.sqlite", clock)
    policy = {
        "issuer": {"name": "Self"},
        "key_props": {"kty": "EC"},
        "x509_props": {"subject": "CN=a", "key_usage": ["digitalSignature"]},
        "lifetime_actions": [],
    }
    practice.vault.rules.create("web", {"policy": policy})
    practice.vault.service.settle()
    version = practice.vault.shelf.newest("web")
    assert version.exp > clock()
    file = {"value": export.secret_bundle("", version, "7.4")["value"]}
    practice.vault.imports.put("copy", file)

    clock.advance(days=366)

    assert version.exp < clock()
    with pytest.raises(Refusal, match="already expired"):
        practice.vault.imports.put("another", file)
    practice.close()


def test_a_moved_clock_stays_moved_with_its_state(tmp_path: Path) -> None:
    first = practise(tmp_path / "vault.sqlite", clock=(clock := MovableClock()))
    clock.advance(days=100)
    first.create(CertificatePlan(name="web", subject="CN=a"))
    created = first.certificate("web").created
    first.close()

    second = practise(tmp_path / "vault.sqlite")
    second.create(CertificatePlan(name="later", subject="CN=a"))
    assert created is not None
    later = second.certificate("later").created
    assert later is not None
    assert later >= created
    second.close()


def test_a_clock_outlives_the_vault_that_it_moved(tmp_path: Path) -> None:
    clock = MovableClock()
    practise(tmp_path / "one.sqlite", clock=clock).close()
    clock.advance(days=5)
    practise(tmp_path / "two.sqlite", clock=clock).close()

    for name, days in (("one", 0), ("two", 5)):
        kept = MovableClock()
        practise(tmp_path / f"{name}.sqlite", clock=kept).close()
        assert kept.offset == days * DAY


def test_the_kept_time_never_goes_back(tmp_path: Path) -> None:
    one, two = MovableClock(), MovableClock()
    opened = [Practice(tmp_path / "vault.sqlite", clock) for clock in (one, two)]
    one.advance(days=100)
    two.advance(days=1)
    for practice in opened:
        practice.close()

    assert two.offset == 101 * DAY
    third = MovableClock()
    Practice(tmp_path / "vault.sqlite", third).close()
    assert third.offset == 101 * DAY


@pytest.mark.parametrize("step", [-1, float("nan"), float("inf"), MAX_YEARS * 366 * DAY + 1])
def test_a_clock_does_not_go_back_nor_too_far(step: float) -> None:
    clock = MovableClock()
    with pytest.raises(InputError):
        clock.advance(step)
    assert clock.offset == 0


def test_a_clock_moves_by_seconds_and_days() -> None:
    clock = MovableClock()
    before = clock()
    assert clock.advance(5, days=2) - before == pytest.approx(5 + 2 * DAY, abs=5)


def test_a_folder_holds_several_vaults(tmp_path: Path) -> None:
    one, two = (practise(tmp_path, name=name) for name in ("contoso-one", "contoso-two"))
    one.create(CertificatePlan(name="web", subject="CN=a"))

    assert one.vaults() == two.vaults() == ("contoso-one", "contoso-two")
    assert one.url == "https://contoso-one.vault.practice.invalid"
    assert [each.name for each in one.certificates()] == ["web"]
    assert list(two.certificates()) == []
    with pytest.raises(NotFoundError):
        two.operation("web")
    one.close()
    two.close()


@pytest.mark.parametrize(
    ("host", "status", "code"),
    [
        ("contoso.vault.practice.invalid", 401, "Unauthorized"),
        ("contoso.localhost:8443", 401, "Unauthorized"),
        ("127.0.0.1:8443", 401, "Unauthorized"),
        ("vaults.example", 401, "Unauthorized"),
        ("tpyo.vault.practice.invalid", 404, "VaultNotFound"),
        ("tpyo.localhost:8443", 404, "VaultNotFound"),
    ],
)
def test_a_host_leads_to_its_vault_or_nowhere(
    tmp_path: Path, host: str, status: int, code: str
) -> None:
    state = State(tmp_path, MovableClock())
    state.vault("contoso")

    answer = Client(state).get("/certificates?api-version=7.4", headers={"Host": host})

    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"]["code"] == code
    state.close()


def test_the_default_vault_stays_when_others_are_added(tmp_path: Path) -> None:
    state = State(tmp_path, MovableClock())
    assert state.default == "practice"
    state.close()
    practise(tmp_path, name="team-b").close()
    state = State(tmp_path, MovableClock())
    state.vault("team-a")

    Client(state).get("/certificates", headers={"Host": "127.0.0.1"})

    assert state.default == "team-b"
    state.close()


def test_a_strange_file_among_the_vaults_is_told_as_an_outage(tmp_path: Path) -> None:
    state = State(tmp_path, MovableClock())
    (tmp_path / "foreign.sqlite").write_bytes(b"not a database, " * 100)

    answer = Client(state).get("/certificates", headers={"Host": "foreign.localhost"})

    assert answer.status_code == 503
    assert answer.headers["x-ms-request-id"]
    state.close()


def test_a_file_holds_one_vault(tmp_path: Path) -> None:
    vault = practise(tmp_path / "vault.sqlite")
    assert vault.vaults() == ("practice",)
    vault.close()
    with pytest.raises(PracticeError, match="is no folder"):
        practise(tmp_path / "vault.sqlite", name="another")
    with pytest.raises(PracticeError, match="is no folder"):
        practise(tmp_path / "vaults", name="another")
    assert not (tmp_path / "vaults").exists()


def test_a_slash_tells_a_folder_which_is_made(tmp_path: Path) -> None:
    vault = practise(f"{tmp_path}/vaults/", name="contoso")
    assert vault.vaults() == ("contoso",)
    assert (tmp_path / "vaults").stat().st_mode & 0o077 == 0
    vault.close()
    (tmp_path / "file").touch()
    with pytest.raises(PracticeError, match="cannot be made"):
        practise(f"{tmp_path}/file/", name="contoso")


@pytest.mark.parametrize("name", ["ab", "1ab", "a--b", "ab-", "UPPER", "a" * 25, "../up", "a.b"])
def test_a_name_that_is_no_vaults_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PracticeError, match="cannot be a vault's name"):
        practise(tmp_path, name=name)
    assert list(tmp_path.iterdir()) == []


def test_what_lies_in_a_folder_of_vaults_is_private(tmp_path: Path) -> None:
    practise(tmp_path, name="contoso").close()

    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0
