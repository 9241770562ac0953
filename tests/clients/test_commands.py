"""The texts that the workbook shows for other tools, run as a person would paste them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import Action, CertificatePlan, KeyChoice, LifetimeAction
from kvcsr_widgets.runbook.commands import Tool, commands, steps
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import Admin, Issuer
from tests.clients import programs
from tests.clients.azure_cli import Az
from tests.clients.conftest import Desk
from tests.practice.server.served import AWAY
from tests.runbook.as_run import STEPS, ran_in_bash, shown

HOSTILE = 'O\'Hara "& Sons" $(touch broken) `touch broken` 100% \u2019'
PLAN = CertificatePlan(
    "web",
    'CN=www.contoso.com, O="O\'Hara, $(touch broken) \u2019"',
    Names(dns=("www.contoso.com", "contoso.com"), emails=("ada@contoso.com",)),
    KeyChoice.EC_P256,
    key_usage=("digitalSignature",),
    ekus=("1.3.6.1.5.5.7.3.1",),
    lifetime_action=LifetimeAction(Action.EMAIL, percentage=70),
    tags={"team": "web"},
)
EVERY_KIND = CertificatePlan(
    "-every",
    "CN=every",
    Names(("a.example",), ("ada@contoso.com",), ("ada@contoso.com",), ("192.0.2.1",), ("urn:a:b",)),
    KeyChoice.EC_P384,
    validity_months=24,
    preserve_order=True,
    tags={"=": "@/etc/passwd", "Team": "a", "team": HOSTILE},
)
ISSUER = Issuer(
    "issuer1",
    "Test",
    account_id=HOSTILE,
    organization_id="@/etc/passwd",
    admins=(Admin("Ada", "O'Hara", "ada@contoso.com", "+1 555"),),
)
PASSWORD = "pass word'\" $x"


PARSER = Path(__file__).with_name("az_parser.py")


class Shown:
    """The text of a step in one tool, for the vault at the desk."""

    def __init__(self, desk: Desk, tool: Tool) -> None:
        self.desk = desk
        self.tool = tool

    def __call__(self, step: steps.Step) -> str:
        found = {each.tool: each for each in commands(step, self.desk.served.url)}
        return found[self.tool].text


def vault(desk: Desk, path: str) -> Any:
    """What the vault itself says, in the version that shows everything."""
    url = f"{desk.served.url}/certificates/{path}?api-version=2025-07-01"
    headers = {"Authorization": f"Bearer {desk.served.token()}"}
    return desk.served.send("GET", url, headers=headers).json()


def sign(desk: Desk, name: str) -> None:
    subprocess.run(["sh", "sign.sh", name], cwd=desk.folder, check=True, capture_output=True)


def expect_the_plan(desk: Desk) -> None:
    policy = vault(desk, "web/policy")
    assert policy["x509_props"]["subject"] == PLAN.subject
    assert policy["x509_props"]["sans"] == {
        "dns_names": [*PLAN.names.dns],
        "emails": [*PLAN.names.emails],
    }
    assert policy["x509_props"]["key_usage"] == ["digitalSignature"]
    assert policy["key_props"]["crv"] == "P-256"
    assert policy["lifetime_actions"][0]["trigger"] == {"lifetime_percentage": 70}
    assert vault(desk, "web/")["tags"] == {"team": "web"}


def expect_every_kind(desk: Desk) -> None:
    """Nothing of the plan is lost, not even what the tool's own command cannot say."""
    found = vault(desk, "-every/")
    assert found["policy"]["x509_props"]["sans"] == {
        kind: [*names] for kind, names in EVERY_KIND.names.sans.items()
    }
    assert found["preserveCertOrder"] is True
    assert found["tags"] == EVERY_KIND.tags


@pytest.mark.parametrize("form", [steps.Form.DER, steps.Form.PKCS7_DER])
def test_az_does_the_whole_job_as_shown(desk: Desk, form: steps.Form) -> None:
    show, az = Shown(desk, Tool.CLI_BASH), Az(desk)
    reply = {steps.Form.DER: "it's a reply.cer", steps.Form.PKCS7_DER: "-f @x.p7b"}[form]

    az.bash(show(steps.Create(PLAN)))
    expect_the_plan(desk)
    az.bash(show(steps.DownloadCsr("web")))
    sign(desk, "web")
    if form is steps.Form.DER:
        (desk.folder / reply).write_bytes((desk.folder / "web.der").read_bytes())
    else:
        pack = ["-certfile", "web.pem", "-certfile", "ca.pem", "-outform", "DER", "-out", "x.p7b"]
        subprocess.run(["openssl", "crl2pkcs7", "-nocrl", *pack], cwd=desk.folder, check=True)
        (desk.folder / "x.p7b").rename(desk.folder / reply)
    merged = json.loads(az.bash(show(steps.Merge("web", reply, form))))

    assert merged["attributes"]["enabled"] is True
    assert not (desk.folder / "broken").exists()


def test_az_looks_and_tidies_up_as_shown(desk: Desk) -> None:
    show, az = Shown(desk, Tool.CLI_BASH), Az(desk)
    az.bash(show(steps.Create(EVERY_KIND)))
    expect_every_kind(desk)

    listed = json.loads(az.bash(show(steps.ListCertificates(pending=True))))
    assert [each["name"] for each in listed] == ["-every"]
    assert json.loads(az.bash(show(steps.ShowOperation("-every"))))["status"] == "inProgress"
    assert json.loads(az.bash(show(steps.Cancel("-every"))))["cancellation_requested"] is True
    assert vault(desk, "-every/pending")["status"] == "cancelled"
    az.bash(show(steps.DeleteOperation("-every")))
    assert vault(desk, "-every/pending")["error"]["code"] == "PendingCertificateNotFound"
    assert json.loads(az.bash(show(steps.ShowCertificate("-every"))))["name"] == "-every"
    policy = json.loads(az.bash(show(steps.ShowPolicy("-every"))))
    assert policy["x509CertificateProperties"]["subject"] == "CN=every"
    az.bash(show(steps.DeleteCertificate("-every")))
    az.bash(show(steps.RecoverCertificate("-every")))
    az.bash(show(steps.DeleteCertificate("-every")))
    az.bash(show(steps.PurgeCertificate("-every")))
    assert desk.served.vault("GET", "/deletedcertificates/-every").status_code == 404
    assert not (desk.folder / "broken").exists()


def expect_the_issuer(desk: Desk) -> None:
    found = vault(desk, "issuers/issuer1")
    assert found["provider"] == "Test"
    assert found["credentials"]["account_id"] == HOSTILE
    assert found["org_details"]["id"] == "@/etc/passwd"
    assert [each["last_name"] for each in found["org_details"]["admin_details"]] == ["O'Hara"]


def test_az_keeps_issuers_and_contacts_as_shown(desk: Desk) -> None:
    show, az = Shown(desk, Tool.CLI_BASH), Az(desk)
    contacts = (Contact("ada@contoso.com", HOSTILE), Contact("bob@contoso.com"))

    az.bash(show(steps.SetIssuer(ISSUER)), typed=f"{PASSWORD}\n")
    expect_the_issuer(desk)
    az.bash(show(steps.RemoveIssuer("issuer1")))
    assert vault(desk, "issuers")["value"] == []
    az.bash(show(steps.SetContacts(contacts)))
    assert [each.get("name") for each in vault(desk, "contacts")["contacts"]] == [HOSTILE, None]
    az.bash(show(steps.SetContacts(())))
    assert vault(desk, "contacts")["error"]["code"] == "ContactsNotFound"
    assert not (desk.folder / "broken").exists()


def test_az_understands_every_step(tmp_path: Path) -> None:
    """Also what is not run here: az login, and the cloud of another country."""
    lists = []
    for step in STEPS:
        text = shown(step, Tool.CLI_BASH, "https://contoso.vault.azure.cn").text
        calls, files, _ = ran_in_bash(text, "password\n")
        for name, content in files.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        lists += calls
    (tmp_path / "web-merge.pem").touch()
    done = subprocess.run(
        [str(programs.python("azure-cli")), str(PARSER)],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "AZURE_CONFIG_DIR": str(tmp_path / "az"),
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "HTTPS_PROXY": AWAY,
        },
        input=json.dumps([["x" if word == "@-" else word for word in each] for each in lists]),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    kept = [" ".join(itertools.takewhile(_is_a_word, each)) for each in lists]
    assert done.stdout.splitlines() == kept


def _is_a_word(argument: str) -> bool:
    return not argument.startswith("-")


def run_python(desk: Desk, text: str, typed: str = "") -> str:
    """Run a script of ours as a file, without a terminal."""
    (desk.folder / "step.py").write_text(text, encoding="utf-8")
    (desk.folder / "typed.txt").write_text(typed, encoding="utf-8")
    started = 'exec < typed.txt; exec setsid --wait "$0" step.py'
    return desk.run("bash", "-c", started, sys.executable)


@pytest.mark.parametrize(
    ("form", "filename"),
    [(steps.Form.PEM, "it's.pem"), (steps.Form.DER, "web.der"), (steps.Form.PKCS7_DER, "-x.p7b")],
)
def test_python_does_the_whole_job_as_shown(desk: Desk, form: steps.Form, filename: str) -> None:
    show = Shown(desk, Tool.PYTHON)

    assert run_python(desk, show(steps.Create(PLAN))).startswith("inProgress")
    expect_the_plan(desk)
    run_python(desk, show(steps.DownloadCsr("web")))
    sign(desk, "web")
    if form is steps.Form.PEM:  # the leaf last: the script puts it first
        blocks = [(desk.folder / name).read_bytes() for name in ("ca.pem", "web.pem")]
        (desk.folder / filename).write_bytes(b"".join(blocks))
    elif form is steps.Form.PKCS7_DER:
        pack = ["-certfile", "ca.pem", "-certfile", "web.pem", "-outform", "DER", "-out", "x.p7b"]
        subprocess.run(["openssl", "crl2pkcs7", "-nocrl", *pack], cwd=desk.folder, check=True)
        (desk.folder / "x.p7b").rename(desk.folder / filename)
    run_python(desk, show(steps.Merge("web", filename, form)))

    assert vault(desk, "web/")["attributes"]["enabled"] is True
    assert "web True" in run_python(desk, show(steps.ListCertificates(pending=False)))


def test_python_does_every_other_step_as_shown(desk: Desk) -> None:
    show = Shown(desk, Tool.PYTHON)
    run_python(desk, show(steps.SignIn()))
    run_python(desk, show(steps.NewVersion(EVERY_KIND)))
    expect_every_kind(desk)

    assert "inProgress" in run_python(desk, show(steps.ShowOperation("-every")))
    assert run_python(desk, show(steps.Cancel("-every"))) == "True\n"
    run_python(desk, show(steps.DeleteOperation("-every")))
    assert "/-every/" in run_python(desk, show(steps.ShowCertificate("-every")))
    assert "CN=every" in run_python(desk, show(steps.ShowPolicy("-every")))
    run_python(desk, show(steps.DeleteCertificate("-every")))
    run_python(desk, show(steps.RecoverCertificate("-every")))
    run_python(desk, show(steps.DeleteCertificate("-every")))
    run_python(desk, show(steps.PurgeCertificate("-every")))
    run_python(desk, show(steps.SetIssuer(ISSUER)), typed=f"{PASSWORD}\n")
    expect_the_issuer(desk)
    run_python(desk, show(steps.SetIssuer(ISSUER, keep_password=True)))
    run_python(desk, show(steps.RemoveIssuer("issuer1")))
    run_python(desk, show(steps.SetContacts((Contact("ada@contoso.com", HOSTILE),))))
    assert vault(desk, "contacts")["contacts"] == [{"email": "ada@contoso.com", "name": HOSTILE}]
    run_python(desk, show(steps.SetContacts(())))
