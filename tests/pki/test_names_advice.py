"""Names that no public CA takes."""

from __future__ import annotations

import pytest

from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.names_advice import names_advice


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (Names(dns=("intranet",)), "a name of one label: intranet."),
        (Names(dns=("*.local",)), "a name of one label: *.local."),
        (Names(dns=("db.contoso.LOCAL",)), "an internal name"),
        (Names(dns=("nas.home.arpa",)), "an internal name"),
        (Names(dns=("_x.contoso.com",)), "an underscore"),
        (Names(ips=("10.0.0.1",)), "a private or reserved IP address: 10.0.0.1."),
        (Names(ips=("fd00::1",)), "a private or reserved IP address"),
        (Names(ips=("224.0.0.1",)), "a private or reserved IP address"),
        (Names(ips=("169.254.1.1",)), "a private or reserved IP address"),
        (Names(emails=("a@contoso.com",)), "e-mail addresses, UPNs or URIs"),
        (Names(upns=("a@contoso.com",)), "e-mail addresses, UPNs or URIs"),
        (Names(uris=("urn:a",)), "e-mail addresses, UPNs or URIs"),
    ],
)
def test_what_a_public_ca_refuses_is_said_once(names: Names, says: str) -> None:
    (found,) = names_advice(names)

    assert found.field == "names"
    assert says in found.message


@pytest.mark.parametrize(
    "names",
    [
        Names(),
        Names(dns=("www.contoso.com", "*.contoso.com", "local.contoso.com", "homearpa.com")),
        Names(ips=("8.8.8.8", "2606:4700::1111")),
    ],
)
def test_what_a_public_ca_takes_is_not_spoken_of(names: Names) -> None:
    assert list(names_advice(names)) == []


def test_of_many_only_some_are_told() -> None:
    (found,) = names_advice(Names(ips=tuple(f"10.0.0.{number}" for number in range(9))))

    assert found.message.endswith("10.0.0.0, 10.0.0.1, 10.0.0.2, ….")
