"""Every step with good values, and what the shells make of its text."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.commands import Command, Tool, commands, steps
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import Admin, Issuer
from tests.runbook import powershell

URL = "https://contoso.vault.azure.net"
PLAN = CertificatePlan("web", "CN=www.contoso.com", Names(("www.contoso.com",)))
ISSUER = Issuer(
    "digi", "DigiCert", "account", "organization", (Admin("Ada", "Byron", "ada@contoso.com", "1"),)
)
STEPS: tuple[steps.Step, ...] = (
    steps.SignIn(),
    steps.Create(PLAN),
    steps.NewVersion(PLAN),
    steps.ShowOperation("web"),
    steps.DownloadCsr("web"),
    steps.Merge("web", "reply.p7b", steps.Form.PKCS7_DER),
    steps.Cancel("web"),
    steps.DeleteOperation("web"),
    steps.ListCertificates(),
    steps.ShowCertificate("web"),
    steps.ShowPolicy("web"),
    steps.DeleteCertificate("web"),
    steps.RecoverCertificate("web"),
    steps.PurgeCertificate("web"),
    steps.SetIssuer(ISSUER),
    steps.RemoveIssuer("digi"),
    steps.SetContacts((Contact("ada@contoso.com", "Ada"),)),
)


def shown(step: steps.Step, tool: Tool, url: str = URL) -> Command:
    return {each.tool: each for each in commands(step, url)}[tool]


def ran_in_bash(text: str, typed: str = "") -> tuple[list[list[str]], dict[str, str], str]:
    """What bash ran as az, the files it left, and what it gave to az's standard input."""
    recorder = (
        "az() { printf '%s\\0' \"$@\" '' >> ../calls;"
        ' case " $*" in *" @-"*) cat >> ../given;; esac; echo QUJD; }'
    )
    with TemporaryDirectory() as found:
        folder = Path(found) / "work"
        folder.mkdir()
        (folder.parent / "calls").touch()
        (folder.parent / "given").touch()
        subprocess.run(
            ["bash", "-euc", f"{recorder}\ncp() {{ :; }}\nopenssl() {{ :; }}\n{text}"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            input=typed,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        given = (folder.parent / "given").read_text(encoding="utf-8")
        calls: list[list[str]] = [[]]
        for word in (folder.parent / "calls").read_bytes().decode().split("\0")[:-1]:
            calls.append([]) if not word else calls[-1].append(word)
        files = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
        return calls[:-1], files, given


_SAVED = re.compile(r" \| Set-Content -LiteralPath '([A-Za-z0-9.-]+)' -Encoding ascii\n")


def ran_in_powershell(text: str) -> tuple[list[list[str]], dict[str, str]]:
    """What az gets and the files that are written, by PowerShell's documented rules."""
    calls: list[list[str]] = []
    files: dict[str, str] = {}
    for match in powershell.HERE.finditer(text):
        name = re.match(
            r" \| Set-Content -LiteralPath ('[^']+') -Encoding ascii", text[match.end() :]
        )
        assert name
        files[powershell.unquoted(name[1])] = match[1] + "\n"
    for line in powershell.HERE.sub("", text).splitlines():
        before, az, words = line.partition("az ")
        if line.startswith("Set-Content "):
            _, _, filename, _, _, _, value = powershell.words(line)
            files[filename] = value
        elif (az and before in ("", "$csr = ")) or before.endswith(".Password | "):
            arguments = powershell.words(words)
            lines = [powershell.handed_over(each) for each in arguments]
            assert [powershell.argument_of(each) for each in lines] == arguments
            assert not set("".join(map(powershell.outside_quotes, lines))) & set("&|<>^()%")
            calls.append(arguments)
    return calls, files
