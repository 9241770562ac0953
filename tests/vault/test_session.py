"""Opening a vault."""

from __future__ import annotations

from pathlib import Path

import pytest
from azure import identity

from kvcsr_widgets.errors import AddressError
from kvcsr_widgets.vault import session
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
