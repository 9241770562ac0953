"""Opening a vault."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure import identity

from kvcsr_widgets.errors import AddressError, BusyError, ForbiddenError, NotFoundError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import CLOUDS, SignIn, check_url, connect, practise


@pytest.mark.parametrize("domain", CLOUDS)
def test_a_vault_of_each_cloud_is_known_by_its_suffix(domain: str) -> None:
    assert check_url(f" https://contoso.{domain}/ ") == (
        f"https://contoso.{domain}",
        CLOUDS[domain],
    )


@pytest.mark.parametrize(
    ("url", "says", "hint"),
    [
        ("", "is needed", "https://contoso.vault.azure.net"),
        ("https://" + "a" * 200, "is needed", "looks like"),
        ("http://contoso.vault.azure.net", "begins with https", "https://contoso.vault.azure.net"),
        ("contoso.vault.azure.net", "begins with https", "https://contoso.vault.azure.net"),
        ("https://example.com", "no Key Vault's name", ".vault.azure.net"),
        ("https://vault.azure.net", "no Key Vault's name", ".vault.azure.net"),
        ("https://contoso.vault.azure.net.evil.example", "no Key Vault's name", "ends in"),
        ("https://a.b.vault.azure.net", "no Key Vault's name", "ends in"),
        ("https://contoso.managedhsm.azure.net", "Managed HSM", "Use a vault"),
        ("https://me:pw@contoso.vault.azure.net", "no user and no port", "looks like"),
        ("https://contoso.vault.azure.net:8443", "no user and no port", "looks like"),
        ("https://contoso.vault.azure.net/certificates/a", "something in a vault", "Try https://c"),
        ("https://[contoso", "is no URL", "looks like"),
        ("https://contoso.vault.azure.net:x", "is no URL", "looks like"),
        ("https://-a.vault.azure.net", "cannot be a vault's name", "3 to 24"),
        ("https://ab.vault.azure.net", "cannot be a vault's name", "3 to 24"),
        ("https://practice.vault.practice.invalid", "no Key Vault's name", "ends in"),
    ],
)
def test_a_wrong_url_is_refused_with_what_to_do(url: str, says: str, hint: str) -> None:
    with pytest.raises(AddressError, match=says) as caught:
        connect(url)

    assert hint in caught.value.hint
    assert "pw" not in caught.value.message + caught.value.hint


KINDS = {
    SignIn.DEFAULT: identity.DefaultAzureCredential,
    SignIn.AZURE_CLI: identity.AzureCliCredential,
    SignIn.BROWSER: identity.InteractiveBrowserCredential,
    SignIn.DEVICE_CODE: identity.DeviceCodeCredential,
    SignIn.MANAGED_IDENTITY: identity.ManagedIdentityCredential,
    SignIn.ENVIRONMENT: identity.EnvironmentCredential,
}


@pytest.mark.parametrize("choice", SignIn)
def test_each_choice_has_its_credential(choice: SignIn) -> None:
    credential = session._credential(choice, "login.microsoftonline.com", print)

    assert isinstance(credential, KINDS[choice])


def test_connecting_sends_nothing_and_is_no_practice() -> None:
    vault = connect("https://contoso.vault.azure.net", SignIn.AZURE_CLI)

    assert (vault.url, vault.is_practice) == ("https://contoso.vault.azure.net", False)
    assert repr(vault) == "<Vault https://contoso.vault.azure.net>"
    vault.close()


def test_the_practice_vault_lies_in_the_users_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    vault = practise()

    assert session.practice_path().is_relative_to(tmp_path)
    assert session.practice_path().is_file()
    assert vault.is_practice
    vault.close()


PLAN = CertificatePlan("web", "CN=a", key=KeyChoice.EC_P256)


def test_a_practice_vault_is_opened_beside_another(tmp_path: Path) -> None:
    one, two = (practise(tmp_path, name=name) for name in ("contoso-one", "contoso-two"))
    two.create(PLAN)

    beside = one.beside("contoso-two")

    assert beside.url == two.url
    assert beside.operation("web") == two.operation("web")
    beside.close()
    with pytest.raises(NotFoundError):  # and the first is still open
        one.operation("web")
    one.close()
    two.close()


def test_a_practice_vault_beside_has_the_same_role_and_faults(tmp_path: Path) -> None:
    faults = Faults()
    practise(tmp_path, name="contoso-two").close()
    one = practise(tmp_path, name="contoso-one", role="reader", faults=faults)
    beside = one.beside("contoso-two")

    with pytest.raises(ForbiddenError):
        beside.create(PLAN)
    faults.add(Fault("throttled", operation="get_pending", times=100, retry_after=0))
    with pytest.raises(BusyError):
        beside.operation("web")
    beside.close()
    one.close()


def test_a_practice_vault_beside_has_the_same_clock(tmp_path: Path) -> None:
    clock = MovableClock()
    practise(tmp_path, name="contoso-two").close()
    one = practise(tmp_path, name="contoso-one", clock=clock)
    beside = one.beside("contoso-two")
    clock.advance(days=9)

    for vault in (one, beside):
        vault.create(PLAN)
    first, second = (vault.certificate("web").created for vault in (one, beside))

    assert first is not None
    assert second is not None
    assert abs((first - second).total_seconds()) < 60
    beside.close()
    one.close()


@pytest.mark.parametrize("name", ["contoso-three", "", "../up", "https://a.vault.azure.net"])
def test_no_practice_vault_is_made_beside_another(tmp_path: Path, name: str) -> None:
    vault = practise(tmp_path, name="contoso-one")

    with pytest.raises(AddressError, match="no practice vault") as caught:
        vault.beside(name)

    assert "contoso-one" in caught.value.hint
    assert vault.vaults() == ("contoso-one",)
    vault.close()


@pytest.mark.parametrize(
    "told", ["fabrikam", " fabrikam ", "https://fabrikam.vault.azure.cn", "FABRIKAM"]
)
def test_a_real_vault_is_opened_beside_another_with_its_sign_in(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    credentials: list[object] = []

    def sign_in(*_args: object) -> object:
        credentials.append(object())
        return credentials[-1]

    monkeypatch.setattr(session, "_credential", sign_in)
    vault = connect("https://contoso.vault.azure.cn", SignIn.BROWSER)

    beside = vault.beside(told)

    assert beside.url.lower() == "https://fabrikam.vault.azure.cn"
    assert len(credentials) == 1
    vault.close()
    beside.close()


@pytest.mark.parametrize("told", ["", "a", "contoso.example", "https://contoso.example"])
def test_beside_a_real_vault_there_are_only_vaults(told: str) -> None:
    vault = connect("https://contoso.vault.azure.net", SignIn.AZURE_CLI)

    with pytest.raises(AddressError):
        vault.beside(told)
    vault.close()


def test_a_vault_that_was_opened_otherwise_opens_no_other(vault: Vault) -> None:
    with pytest.raises(AddressError, match="no other vault"):
        Vault(vault._client).beside("contoso")
