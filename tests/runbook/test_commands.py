"""The steps as text: each tool gets what was asked for, and nothing else is run."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcsr_widgets.errors import AddressError, InputError, PlanError
from kvcsr_widgets.pki import policy_json
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.runbook.commands import Tool, commands, steps
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import Admin, Issuer
from tests.plans import plans
from tests.runbook import powershell, powershell_help
from tests.runbook.as_run import ISSUER, PLAN, STEPS, URL, ran_in_bash, ran_in_powershell, shown

BREAKOUTS = (
    "'; touch broken; '",
    "\u2019; touch broken; \u2019",
    "$(touch broken)",
    "`touch broken`",
    '"; touch broken; "',
    "& touch broken &",
    "%PATH%",
    "-n",
    "--help",
    "@/etc/passwd",
    "a=@/etc/passwd",
    "a\\",
    "{a: b}",
    "]]>",
)
hostile = st.sampled_from(BREAKOUTS) | st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20
).filter(str.isprintable)


def test_every_step_is_there_for_every_tool() -> None:
    assert {type(step) for step in STEPS} == set(get_args(steps.Step))
    for step in STEPS:
        found = commands(step, URL)
        assert [each.tool for each in found] == list(Tool)
        assert all(each.text and not each.warnings for each in found)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_az_gets_the_same_from_powershell_and_bash(step: steps.Step) -> None:
    calls, files, _ = ran_in_bash(shown(step, Tool.CLI_BASH).text, "password\n")
    files.pop("web.csr", None)

    assert calls
    assert ran_in_powershell(shown(step, Tool.CLI_POWERSHELL).text) == (calls, files)


@settings(max_examples=40)
@given(plans())
def test_az_gets_the_whole_of_any_plan(plan: CertificatePlan) -> None:
    step = steps.Create(plan)
    calls, files, _ = ran_in_bash(shown(step, Tool.CLI_BASH).text)
    (name, written), (call,) = *files.items(), calls

    assert ran_in_powershell(shown(step, Tool.CLI_POWERSHELL).text) == (calls, files)
    assert f"@{name}" in call
    if call[0] == "rest":
        assert json.loads(written) == policy_json.for_create(plan)
    else:
        assert json.loads(written) == policy_json.for_cli(plan)
        assert not policy_json.cli_losses(plan)
        tags = call[call.index("--tags") + 1 :] if plan.tags else []
        assert tags == [f"{name}={value}" for name, value in plan.tags.items()]
        assert ("--disabled" in call) is not plan.enabled


@given(plans())
def test_python_gets_the_whole_of_any_plan(plan: CertificatePlan) -> None:
    tree = ast.parse(shown(steps.Create(plan), Tool.PYTHON).text)
    calls = {ast.unparse(each.func): each for each in ast.walk(tree) if isinstance(each, ast.Call)}
    policy = _literals(calls["CertificatePolicy"])
    made = calls["client.begin_create_certificate"]

    assert ast.literal_eval(made.args[0]) == plan.name
    assert policy["issuer_name"] == plan.issuer
    assert policy.get("subject", "") == plan.subject
    assert policy.get("san_uris", []) == [*plan.names.uris]
    assert policy.get("san_ip_addresses", []) == [*plan.names.ips]
    assert policy.get("san_user_principal_names", []) == [*plan.names.upns]
    assert policy.get("enhanced_key_usage") == (None if plan.ekus is None else [*plan.ekus])
    assert _literals(made).get("tags", {}) == plan.tags
    assert _literals(made).get("preserve_order", False) == plan.preserve_order
    assert _literals(made).get("enabled", True) == plan.enabled


def _literals(call: ast.Call) -> dict[str, object]:
    return {
        word.arg: ast.literal_eval(word.value)
        for word in call.keywords
        if word.arg and word.arg != "lifetime_actions"
    }


_CMDLET_OR_PARAMETER = re.compile(r"(?<![\w-])(?:-([A-Z]\w+)|([A-Z][a-z]\w*-[A-Z]\w+))")


def check_powershell(text: str) -> tuple[str, list[str]]:
    """Every cmdlet and parameter is one of the help's; the code and what its strings mean."""
    code, strings = powershell.without_strings(text)
    allowed: set[str] = set()
    for parameter, cmdlet in _CMDLET_OR_PARAMETER.findall(code):
        if cmdlet:
            allowed = powershell_help.PARAMETERS[cmdlet]
        else:
            assert parameter in allowed, (parameter, code)
    return code, strings


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
@pytest.mark.parametrize("tool", [Tool.POWERSHELL, Tool.CLI_POWERSHELL])
def test_powershell_text_has_known_cmdlets_and_parameters(step: steps.Step, tool: Tool) -> None:
    check_powershell(shown(step, tool).text)


def plain(plan: CertificatePlan) -> CertificatePlan:
    """The plan without what the cmdlets cannot say."""
    names = Names(dns=plan.names.dns)
    return replace(plan, names=names, enabled=True, preserve_order=False, ekus=plan.ekus or None)


@given(st.one_of(plans(), plans().map(plain)))
def test_powershell_gets_the_whole_of_any_plan(plan: CertificatePlan) -> None:
    text = shown(steps.Create(plan), Tool.POWERSHELL).text
    code, strings = check_powershell(text)

    tame = replace(
        plan, name="web", subject="CN=a", tags=dict.fromkeys(map(str, range(len(plan.tags))), "v")
    )
    if "Invoke-AzRestMethod" in text:
        assert json.loads(strings[0]) == policy_json.for_create(plan)
        return
    assert code == check_powershell(shown(steps.Create(tame), Tool.POWERSHELL).text)[0]
    assert not plan.names.ips + plan.names.uris + plan.names.emails + plan.names.upns
    assert plan.enabled
    assert not plan.preserve_order
    pairs = [part for pair in plan.tags.items() for part in pair]
    cty = [plan.certificate_type] if plan.certificate_type else []
    subject = [plan.subject] if plan.subject else []
    assert strings == [
        *(plan.issuer, *subject, *plan.names.dns, *(plan.ekus or ()), *cty),
        *("contoso", plan.name, *pairs),
    ]
    said = re.search(r"-KeyUsage ([\w, ]+)", text)
    usages = said[1].replace(" ", "").split(",") if said else []
    assert [each.lower() for each in usages] == [each.lower() for each in plan.key_usage or ()]
    assert set(usages) <= powershell_help.KEY_USAGES
    assert ("-KeyNotExportable" in text) is not plan.exportable
    assert ("-ReuseKeyOnRenewal" in text) is plan.reuse_key
    assert f"-KeyType {plan.key.kind}{'-HSM' if plan.hsm else ''} " in text


@settings(max_examples=40)
@given(hostile, hostile, hostile)
def test_an_issuer_is_told_unchanged(account: str, organization: str, person: str) -> None:
    admin = Admin(person, person, "ada@contoso.com", person)
    issuer = Issuer("digi", "DigiCert", account, organization, (admin,))
    typed = "pass word'\"$\\"
    step = steps.SetIssuer(issuer)
    calls, files, given_to_az = ran_in_bash(shown(step, Tool.CLI_BASH).text, f"{typed}\n")
    (saved, patch) = calls

    assert ran_in_powershell(shown(step, Tool.CLI_POWERSHELL).text) == (calls, files)
    assert given_to_az == typed
    assert _what_az_reads("--account-id", saved, files) == account
    told = json.loads(files[patch[-1].removeprefix("@")])["org_details"]
    assert told["id"] == organization
    assert told["admin_details"][0]["first_name"] == person
    code, strings = check_powershell(shown(step, Tool.POWERSHELL).text)
    assert code == check_powershell(shown(steps.SetIssuer(ISSUER), Tool.POWERSHELL).text)[0]
    assert strings == [
        *("API key", person, person, admin.email, person),
        *(organization, "contoso", "digi", "DigiCert", account),
    ]
    ast.parse(shown(step, Tool.PYTHON).text)


def _what_az_reads(option: str, call: list[str], files: dict[str, str]) -> str:
    """az's own reading of ``@file``, in front and behind the first ``=`` (its version 2.91)."""
    read = []
    for word in call:
        head, sign, tail = word.partition("=")
        value = tail if sign else head
        if value.startswith("@") and value != "@-":
            value = files[value[1:]]
        read += (
            [head, value] if sign and head == option else [head + sign + value if sign else value]
        )
    return read[read.index(option) + 1]


@settings(max_examples=40)
@given(hostile, st.sampled_from(steps.Form))
def test_a_file_of_any_name_is_merged(filename: str, form: steps.Form) -> None:
    step = steps.Merge("web", filename, form)
    bash = shown(step, Tool.CLI_BASH).text
    calls, files, _ = ran_in_bash(bash)

    assert ran_in_powershell(shown(step, Tool.CLI_POWERSHELL).text) == (calls, files) == (calls, {})
    assert [call[:4] for call in calls] == [["keyvault", "certificate", "pending", "merge"]]
    assert steps.is_plain_file(calls[0][-1])
    if not steps.is_plain_file(filename) and filename.isprintable():
        assert shlex.split(bash.splitlines()[0]) == ["cp", "--", filename, "web-reply"]
        assert filename in check_powershell(shown(step, Tool.POWERSHELL).text)[1]
    assert repr(filename) in shown(step, Tool.PYTHON).text


@pytest.mark.parametrize(
    ("filename", "form", "says"),
    [
        ("a.cer", steps.Form.DER, {Tool.CLI_BASH: "UnicodeDecodeError"}),
        ("a.pem", steps.Form.PEM, {Tool.POWERSHELL: "named .pem"}),
        ("a.crt", steps.Form.PEM, {}),
        ("a.p7b", steps.Form.PKCS7_PEM, {Tool.CLI_BASH: "empty list", Tool.POWERSHELL: "12.1"}),
    ],
)
def test_a_tool_that_cannot_merge_a_file_says_so(
    filename: str, form: steps.Form, says: dict[Tool, str]
) -> None:
    step = steps.Merge("web", filename, form)

    for tool in (Tool.CLI_BASH, Tool.POWERSHELL):
        notes = " ".join(shown(step, tool).notes)
        assert (says.get(tool, "") in notes) if tool in says else not notes


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (b"x-----BEGIN CERTIFICATE-----", "a.p7b", steps.Form.PEM),
        (b"-----BEGIN PKCS7-----", "a.cer", steps.Form.PKCS7_PEM),
        (b"\x30\x82", "a.P7B", steps.Form.PKCS7_DER),
        (b"\x30\x82", "a.cer", steps.Form.DER),
        (b"\x30\x82", "a.pem", steps.Form.DER),
    ],
)
def test_a_files_form_is_that_of_its_bytes(data: bytes, name: str, form: steps.Form) -> None:
    assert steps.Form.read(data, name) is form


@pytest.mark.parametrize("name", ["-web", "con", "COM1"])
def test_no_file_is_named_like_an_option_or_a_device(name: str) -> None:
    _, files, _ = ran_in_bash(shown(steps.DownloadCsr(name), Tool.CLI_BASH).text)

    assert list(files) == [f"certificate-{name.strip('-')}.csr"]


def test_a_csr_becomes_a_pem_file() -> None:
    _, files, _ = ran_in_bash(shown(steps.DownloadCsr("web"), Tool.CLI_BASH).text)

    kind = "CERTIFICATE REQUEST"
    assert files["web.csr"] == f"-----BEGIN {kind}-----\nQUJD\n-----END {kind}-----\n"


def test_what_a_tool_cannot_say_goes_another_way_and_is_noted() -> None:
    plan = replace(PLAN, names=Names(ips=("192.0.2.1",)), key=KeyChoice.EC_P256)

    for tool, way in ((Tool.POWERSHELL, "Invoke-AzRestMethod"), (Tool.CLI_BASH, "az rest")):
        found = shown(steps.Create(plan), tool)
        assert way in found.text
        assert "IP addresses" in " ".join(found.notes)
        assert "rest" not in shown(steps.Create(PLAN), tool).text.lower()


def test_a_subject_that_a_terminal_would_change_arrives_by_an_interactive_bash(
    tmp_path: Path,
) -> None:
    plan = replace(PLAN, subject="CN=a!b !! \x7f\x1b \u202e!")
    lines = shown(steps.Create(plan), Tool.CLI_BASH).text
    subprocess.run(
        ["bash", "--norc", "-i", "-o", "histexpand", "-o", "history"],
        input=f"az() {{ :; }}\necho once\n{lines}\n",
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HISTFILE": str(tmp_path / "history")},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert "!" not in lines
    assert all(line.isprintable() for line in lines.splitlines())
    written = json.loads((tmp_path / "web-policy.json").read_text(encoding="ascii"))
    assert written["x509CertificateProperties"]["subject"] == plan.subject


def test_what_is_lost_is_a_warning() -> None:
    found = shown(steps.SetIssuer(replace(ISSUER, enabled=False)), Tool.POWERSHELL)

    assert "cannot switch an issuer off" in found.warnings[0]


def test_a_new_version_warns_of_the_samples_that_sign_by_themselves() -> None:
    for command in commands(steps.NewVersion(PLAN), URL):
        assert "Self" in command.notes[-1]


@pytest.mark.parametrize("step", [steps.SignIn(), steps.ShowOperation("web")])
def test_another_cloud_is_set_first(step: steps.Step) -> None:
    url = "https://contoso.vault.usgovcloudapi.net"
    for tool, said in (
        (Tool.CLI_BASH, "az cloud set --name AzureUSGovernment"),
        (Tool.POWERSHELL, "Connect-AzAccount -Environment AzureUSGovernment"),
        (Tool.PYTHON, "authority='login.microsoftonline.us'"),
    ):
        found = shown(step, tool, url)
        assert said in "\n".join((found.text, *found.notes))
        assert said not in "\n".join((shown(step, tool).text, *shown(step, tool).notes))


def test_a_practice_vault_in_its_notebook_is_out_of_reach() -> None:
    for command in commands(steps.ShowOperation("web"), "https://practice.vault.practice.invalid"):
        assert "kvcsr vault serve" in command.warnings[0]


@pytest.mark.parametrize(
    "url", ["", "http://contoso.vault.azure.net", "https://a b.c", "https://$(x).y", "https://[a"]
)
def test_a_url_that_is_no_vaults_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        commands(steps.SignIn(), url)


@pytest.mark.parametrize(
    "step",
    [
        steps.ShowOperation("a b"),
        steps.Merge("../web", "a.cer", steps.Form.DER),
        steps.Create(CertificatePlan("web")),
        steps.SetIssuer(Issuer("", "")),
        steps.SetContacts((Contact("nobody"),)),
    ],
)
def test_what_no_vault_takes_has_no_text(step: steps.Step) -> None:
    with pytest.raises(PlanError):
        commands(step, URL)


def test_a_file_name_that_no_command_line_holds_is_refused() -> None:
    with pytest.raises(InputError):
        commands(steps.Merge("web", "a\0b.cer", steps.Form.DER), URL)


def test_no_text_holds_a_password() -> None:
    for command in commands(steps.SetIssuer(ISSUER), URL):
        assert re.search(r"Read-Host|read -rsp|getpass", command.text)
