"""Drills on the subject of a request."""

from __future__ import annotations

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.runbook.reading import request_of

NAME = "pay-contoso-com"
WANTED = (("CN", "pay.contoso.com"), ("O", "Contoso, Inc."), ("L", "Redmond"), ("C", "US"))

ORDER = """\
From: Certificate Services
Subject: your order

We found your company in the register and sign for this subject only:

  Common name:   pay.contoso.com
  Organization:  Contoso, Inc.
  Locality:      Redmond
  Country:       US

The comma is a part of the name.
"""

SENT = """\
az keyvault certificate create --name pay-contoso-com --policy @policy.json

  "subject": "CN=pay.contoso.com, O=Contoso, Inc., L=Redmond, C=US"

(BadParameter) Property policy.x509_props has invalid value. Invalid X.500 distinguished name
"""


def _stage_comma(scene: Scene) -> None:
    """Nothing is in the vault: it refused the subject."""
    scene.hand("mail-from-the-ca.txt", ORDER.encode())
    scene.hand("what-was-sent.txt", SENT.encode())


def _judge_comma(scene: Scene) -> Verdict:
    operation = request_of(scene.vault, NAME)
    if operation is None or operation.csr is None:
        return Verdict(False, f"There is no request “{NAME}” yet.")
    found = _parts(operation.csr)
    for label, value in WANTED:
        got = [each for key, each in found if key == label]
        if got != [value]:
            said = " and ".join(f"“{each}”" for each in got) or "missing"
            return Verdict(
                False,
                f"In the CSR, {label} is {said}; the CA signs for “{value}” only. A request "
                "cannot be changed: cancel or delete it before you make the next.",
            )
    return Verdict(True, "The CSR asks for the subject that the CA signs for, comma and all.")


def _parts(csr: SigningRequest) -> list[tuple[str, str]]:
    parsed = Subject.parse(csr.subject)
    return [(each.key, each.value) for each in parsed.attributes]


COMMA = Drill(
    code="comma",
    title="Property policy.x509_props has invalid value. Invalid X.500 distinguished name",
    story="The company's name has a comma in it, and the vault refuses the subject. PowerShell "
    "says to the same “The subject name provided is not a valid X500 name”.",
    task=f"Create the request “{NAME}” with exactly the subject that the CA signs for.",
    diagnoses=(
        Diagnosis(
            "Key Vault takes no O in a subject.",
            "It takes O, OU, L, S, C and more. What it cannot read is what comes after the comma.",
        ),
        Diagnosis(
            "The comma ends the value: “Inc.” is read as the next part, and is no KEY=value.",
            "A comma parts the pieces of a subject. A value that has one needs double quotes: "
            'O="Contoso, Inc.".',
            right=True,
        ),
        Diagnosis(
            "The comma has to go: O=Contoso Inc.",
            "The vault would take that, but the CA compares with its register, and would refuse "
            "the CSR.",
        ),
        Diagnosis(
            "A backslash is missing: O=Contoso\\, Inc.",
            "So RFC 4514 has it. Key Vault reads the dialect of .NET, which knows double quotes "
            "only.",
        ),
    ),
    lesson='A value with a comma goes into double quotes: O="Contoso, Inc.". A shell may take '
    "them away before the vault sees them.",
    tools=("RequestForm", "OperationPanel"),
    stage=_stage_comma,
    judge=_judge_comma,
    faq=("x500-name",),
    met_at=(
        "https://github.com/MicrosoftDocs/azure-docs/issues/62463",
        "https://github.com/Azure/azure-powershell/pull/13028",
    ),
)

DRILLS = (COMMA,)
