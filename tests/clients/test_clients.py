"""Clients that nobody here wrote, signed in with environment variables alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients import programs
from tests.clients.azure_cli import Az
from tests.clients.conftest import Desk

JOB = str(Path(__file__).with_name("python_job.py"))
OLD = str(programs.python("sdk-2021"))
PYTHON_STEPS = [
    *("csr_job", "cancel_job", "self_job", "update_job", "import_job", "backup_job"),
    *("delete_job", "issuer_job", "contact_job"),
]
JAVASCRIPT_STEPS = [
    *("csr", "cancel", "self", "update", "import", "backup", "delete", "issuers", "contacts")
]


def javascript(name: str) -> str:
    """The path of a script, put beside the modules that it imports."""
    script = programs.FOLDER / "javascript" / name
    script.write_bytes((programs.HERE / "javascript" / name).read_bytes())
    return str(script)


@pytest.mark.parametrize("sign_in", ["default", "managed-identity"])
@pytest.mark.parametrize(
    "interpreter", [pytest.param(sys.executable, id="newest"), pytest.param(OLD, id="2021")]
)
def test_the_python_sdk(desk: Desk, interpreter: str, sign_in: str) -> None:
    more = desk.served.old_environment() if interpreter == OLD else {}
    done = desk.run(interpreter, JOB, desk.served.url, sign_in, "officer", **more)

    assert done.split() == PYTHON_STEPS


@pytest.mark.parametrize("sign_in", ["default", "managed-identity"])
@pytest.mark.parametrize(
    "interpreter", [pytest.param(sys.executable, id="newest"), pytest.param(OLD, id="2021")]
)
def test_the_role_is_the_client_id(desk: Desk, interpreter: str, sign_in: str) -> None:
    more = desk.served.old_environment() if interpreter == OLD else {}
    done = desk.run(interpreter, JOB, desk.served.url, sign_in, "reader", role="reader", **more)

    assert done.split() == ["reader_job"]


def test_a_client_that_starts_after_the_clock_was_moved_signs_in(desk: Desk) -> None:
    desk.served.control("POST", "clock", {"advance_days": 2})

    done = desk.run(sys.executable, JOB, desk.served.url, "default", "officer")

    assert done.split() == PYTHON_STEPS


def test_the_old_sdk_is_old() -> None:
    code = "from importlib.metadata import version as v; print(v('azure-keyvault-certificates'))"
    done = subprocess.run([OLD, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "4.3.0"


@pytest.mark.skipif(not programs.has_node(), reason=programs.NO_NODE)
@pytest.mark.parametrize(("role", "steps"), [("officer", JAVASCRIPT_STEPS), ("reader", ["read"])])
def test_the_javascript_sdk(desk: Desk, role: str, steps: list[str]) -> None:
    done = desk.run("node", javascript("job.mjs"), desk.served.url, role, role=role)

    assert done.split() == steps


@pytest.mark.skipif(not programs.has_node(), reason=programs.NO_NODE)
def test_the_javascript_sdk_checks_the_challenge_at_the_vaults_name(desk: Desk) -> None:
    url = f"https://practice.localhost:{desk.served.port}"
    resolve = Path(javascript("resolve.mjs")).as_uri()

    done = desk.run("node", "--import", resolve, javascript("job.mjs"), url, "officer")

    assert done.split() == JAVASCRIPT_STEPS


@pytest.fixture
def az(desk: Desk) -> Az:
    return Az(desk)


POLICY = {
    "issuerParameters": {"name": "Unknown"},
    "keyProperties": {"exportable": True, "keySize": 2048, "keyType": "RSA", "reuseKey": False},
    "x509CertificateProperties": {"subject": "CN=www.contoso.com", "validityInMonths": 12},
}


def test_the_azure_cli_has_a_csr_signed(az: Az) -> None:
    folder = az.desk.folder
    (folder / "policy.json").write_text(json.dumps(POLICY), encoding="ascii")

    made = az("create -n web -p @policy.json")
    assert made["status"] == "inProgress"
    assert az("pending show -n web")["csr"] == made["csr"]
    listed = az("list --include-pending true")
    assert [each["name"] for each in listed] == ["web"]
    assert az("list") == []

    kind = "CERTIFICATE REQUEST"
    lines = "\n".join(made["csr"][at : at + 64] for at in range(0, len(made["csr"]), 64))
    text = f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"
    (folder / "web.csr").write_text(text, encoding="ascii")
    subprocess.run(["sh", "sign.sh", "web"], cwd=folder, check=True, capture_output=True)
    assert az("pending merge -n web -f web-chain.pem")["attributes"]["enabled"] is True

    assert az("pending show -n web")["status"] == "completed"
    az("download -n web -f got.der -e DER")
    assert (folder / "got.der").read_bytes() == (folder / "web.der").read_bytes()
    assert az("show -n web")["policy"]["issuerParameters"]["name"] == "Unknown"


def test_the_azure_cli_imports_deletes_and_purges(az: Az) -> None:
    az("import -n brought -f brought.pfx --password pass")
    changed = az("set-attributes -n brought --enabled false --tags team=web")
    assert (changed["attributes"]["enabled"], changed["tags"]) == (False, {"team": "web"})
    assert len(az("list-versions -n brought")) == 1
    az("backup -n brought -f brought.backup")
    az("delete -n brought")
    assert [each["name"] for each in az("list-deleted")] == ["brought"]
    az("recover -n brought")
    assert az("show -n brought")["name"] == "brought"
    az("delete -n brought")
    az("purge -n brought")
    assert az("list-deleted") == []
    assert az("restore -f brought.backup")["name"] == "brought"


def test_the_azure_cli_keeps_issuers_and_contacts(az: Az) -> None:
    az("issuer create --issuer-name issuer1 --provider-name Test --account-id keyvaultuser")
    assert az("issuer list")[0]["id"].endswith("/certificates/issuers/issuer1")
    az("issuer delete --issuer-name issuer1")
    assert az("issuer list") == []
    az("contact add --email ada@contoso.com --name Ada")
    assert az("contact list")["contactList"][0]["name"] == "Ada"
    az("contact delete --email ada@contoso.com")
