"""Sign-in, the clock, faults and vaults through the server."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import jwt
import pytest
import requests

from kvcsr_widgets.practice.tokens import AUTHORITY
from tests.practice.server.served import CSR_BODY, SELF_BODY, Served, serving


def test_the_token_is_in_app_services_form(served: Served) -> None:
    path = "identity/token?api-version=2019-08-01&resource=https://0.0.1"
    found = served.control("GET", path).json()

    assert found.pop("access_token").count(".") == 2
    assert abs(int(found.pop("expires_on")) - time.time() - 3600) < 60
    assert found == {"resource": "https://0.0.1", "token_type": "Bearer", "client_id": "officer"}


def test_a_client_before_2022_signs_in_too(served: Served) -> None:
    query = "api-version=2017-09-01&resource=x&clientid=reader"
    answer = served.send(
        "GET", f"{served.identity_endpoint}?{query}", headers={"Secret": served.identity_header}
    )

    ends = datetime.strptime(answer.json()["expires_on"], "%m/%d/%Y %H:%M:%S %z").timestamp()
    assert abs(ends - time.time() - 3600) < 60
    assert answer.json()["client_id"] == "reader"
    guess = served.send("GET", f"{served.identity_endpoint}?{query}", headers={"Secret": "guess"})
    assert guess.status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "resource=x",
        "api-version=2019-08-01",
        "api-version=2018-02-01&resource=x",
        "api-version=2017-09-01&resource=x&clientid=owner",
        "api-version=2019-08-01&resource=x&client_id=owner",
        "api-version=2019-08-01&resource=x&mi_res_id=y",
    ],
)
def test_a_sign_in_that_is_none_is_refused(served: Served, query: str) -> None:
    answer = served.control("GET", f"identity/token?{query}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_roles(served: Served) -> None:
    reader, none = served.token("reader"), served.token("none")

    assert served.vault("GET", "/certificates", token=reader).status_code == 200
    refusal = served.vault("POST", "/certificates/web/create", CSR_BODY, token=reader)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (403, "Forbidden")
    assert served.vault("GET", "/certificates", token=none).status_code == 403
    lister = served.token("lister")
    assert served.vault("GET", "/certificates", token=lister).status_code == 200
    assert served.vault("GET", "/certificates/web/pending", token=lister).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "identity/token?api-version=2019-08-01&resource=x"),
        ("GET", "clock"),
        ("POST", "faults"),
        ("GET", "vaults"),
        ("GET", "nothing"),
    ],
)
@pytest.mark.parametrize("secret", [None, "", "guess", "gu\u00e4ss"])
def test_the_control_routes_ask_for_the_secret(
    served: Served, method: str, path: str, secret: str | None
) -> None:
    headers = {} if secret is None else {"X-IDENTITY-HEADER": secret.encode()}
    url = f"{served.url}/practice/{path}"
    answer = served.send(method, url, headers=headers, json={"kind": "error"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Unauthorized")
    assert served.control("GET", "faults").json() == {"value": []}


def test_control_routes_that_are_none(served: Served) -> None:
    assert served.control("GET", "nothing").status_code == 404
    assert served.control("PUT", "clock").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        {"advance_days": "1"},
        {"advance_days": True},
        {"advance_seconds": -1},
        {"advance_seconds": 10**400},
        {"advance_days": 1, "advance_seconds": 1},
        {"advance_days": 1, "more": 1},
    ],
)
def test_a_step_of_the_clock_that_is_none_is_refused(served: Served, body: object) -> None:
    answer = served.control("POST", "clock", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_a_moved_clock_ends_tokens_and_certificates(tmp_path: Path) -> None:
    with serving(tmp_path / "vault.sqlite") as running:
        running.vault("POST", "/certificates/web/create", SELF_BODY)
        bundle = running.vault("GET", "/certificates/web").json()
        old = running.token()
        before = running.control("GET", "clock").json()["now"]

        moved = running.control("POST", "clock", {"advance_days": 400}).json()["now"]

        assert 0 <= moved - before - 400 * 86_400 < 60
        assert bundle["attributes"]["exp"] < moved
        refusal = running.vault("GET", "/certificates/web", token=old)
        assert (refusal.status_code, "[TokenExpired]" in refusal.text) == (401, True)
        assert running.vault("GET", "/certificates/web").status_code == 200
        assert abs(running.control("GET", "clock").json()["now"] - moved) < 60
        path = "identity/token?api-version=2019-08-01&resource=x"
        ends = int(running.control("GET", path).json()["expires_on"])
        assert abs(ends - time.time() - 3600) < 60


def test_delays_are_options(tmp_path: Path) -> None:
    options = ("--issue-delay", "3600", "--cancel-delay", "0", "--delete-delay", "3600")
    with serving(tmp_path / "vault.sqlite", *options) as running:
        running.vault("POST", "/certificates/web/create", SELF_BODY)
        assert running.vault("GET", "/certificates/web/pending").json()["status"] == "inProgress"
        running.control("POST", "clock", {"advance_seconds": 3600})
        assert running.vault("GET", "/certificates/web/pending").json()["status"] == "completed"
        running.vault("DELETE", "/certificates/web")
        assert running.vault("GET", "/deletedcertificates/web").status_code == 404


CLAIMS = {"iss": f"{AUTHORITY}/", "exp": 4_000_000_000, "roles": ["officer"]}


def test_refused_tokens_have_the_recorded_answers(served: Served) -> None:
    forged = jwt.encode(CLAIMS | {"aud": served.resource}, "another key" * 4, algorithm="HS256")
    cases = {
        "": "AKV10000: Request is missing a Bearer or PoP token.",
        f"Bearer {forged}": "Error validating token: 'IDX10511'.",
        f"Bearer {served.token(resource='https://x.example')}": (
            f"AKV10022: Invalid audience. Expected {served.resource}, found: https://x.example."
        ),
    }
    for header, text in cases.items():
        url = f"{served.url}/certificates?api-version=7.4"
        answer = served.send("GET", url, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.json() == {"error": {"code": "Unauthorized", "message": text}}
        assert answer.headers["WWW-Authenticate"].startswith("Bearer authorization=")


def test_latency(served: Served) -> None:
    token = served.token()
    served.control("POST", "faults", {"kind": "latency", "seconds": 0.5})

    began = time.monotonic()
    assert served.vault("GET", "/certificates", token=token).status_code == 200
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize(
    ("fault", "status", "retry"),
    [
        ({"kind": "throttled"}, 429, None),
        ({"kind": "throttled", "retry_after": 7}, 429, "7"),
        ({"kind": "error"}, 503, None),
        ({"kind": "error", "status": 500}, 500, None),
    ],
)
def test_answers_of_a_busy_service(
    served: Served, fault: dict[str, object], status: int, retry: str | None
) -> None:
    listed = served.control("POST", "faults", fault).json()["value"]
    assert {key: listed[0][key] for key in fault} == fault

    answer = served.vault("GET", "/certificates")

    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)
    assert set(answer.json()["error"]) == {"code", "message"}
    assert served.vault("GET", "/certificates").status_code == 200
    assert served.control("GET", "faults").json() == {"value": []}


@pytest.mark.parametrize(("kind", "done"), [("drop-before", False), ("drop-after", True)])
def test_a_dropped_connection(served: Served, kind: str, done: bool) -> None:
    served.control("POST", "faults", {"kind": kind, "operation": "create"})

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        served.vault("POST", f"/certificates/{kind}/create", CSR_BODY)

    assert "Remote end closed connection without response" in str(caught.value)
    found = served.vault("GET", f"/certificates/{kind}/pending").status_code
    assert found == (200 if done else 404)


def test_faults_are_cleared_and_checked(served: Served) -> None:
    served.control("POST", "faults", {"kind": "error"})

    assert served.control("DELETE", "faults").json() == {"value": []}
    refusal = served.control("POST", "faults", {"kind": "earthquake"})
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (400, "BadParameter")
    assert "kind is one of latency" in refusal.json()["error"]["message"]
