from __future__ import annotations

from dataclasses import replace

import pytest

from kvcsr_widgets.errors import PlanError
from kvcsr_widgets.pki.dryrun import ALWAYS, ASKED, DEFAULTED, dry_run
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan

PLAN = CertificatePlan(
    "web",
    'C=US, O="Contoso, Inc.", CN=www.contoso.com',
    Names(dns=("www.contoso.com",), ips=("192.0.2.1",)),
)


def test_the_subject_is_told_in_the_order_of_the_csr() -> None:
    label, value, why = dry_run(PLAN).rows()[0]

    assert value == 'CN=www.contoso.com → O="Contoso, Inc." → C=US'
    assert (label, why) == ("Subject, in the CSR's order", ASKED)


def test_what_is_not_asked_is_the_vaults_default() -> None:
    rows = {label: (value, why) for label, value, why in dry_run(PLAN).rows()}

    assert rows["Key usage (critical)"] == ("digitalSignature, keyEncipherment", DEFAULTED)
    assert rows["Extended key usage"][1] == DEFAULTED
    assert rows["Basic constraints"] == ("not a CA", ALWAYS)


def test_what_is_asked_is_as_asked() -> None:
    plan = replace(PLAN, key_usage=("keyAgreement",), ekus=("1.2.3.4",))
    rows = {label: (value, why) for label, value, why in dry_run(plan).rows()}

    assert rows["Key usage (critical)"] == ("keyAgreement", ASKED)
    assert rows["Extended key usage"] == ("1.2.3.4", ASKED)


def test_a_plan_with_problems_has_no_dry_run() -> None:
    with pytest.raises(PlanError, match="needs a name"):
        dry_run(replace(PLAN, name=""))
