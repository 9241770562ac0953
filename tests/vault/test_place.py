"""On a public Binder, a real vault is opened only by who insists."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kvcsr_widgets.errors import PlaceError
from kvcsr_widgets.vault.place import BINDER_VARIABLES, Binder, where_we_run
from kvcsr_widgets.vault.session import SignIn, connect, practise

URL = "https://contoso.vault.azure.net"


@pytest.fixture
def on_binder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")


@pytest.mark.parametrize("name", BINDER_VARIABLES)
def test_each_of_the_hubs_variables_tells_it(name: str) -> None:
    assert where_we_run({name: "something"}) is not None


@pytest.mark.parametrize("name", BINDER_VARIABLES)
def test_an_empty_variable_tells_nothing(name: str) -> None:
    assert where_we_run({name: ""}) is None


def test_a_jupyterhub_is_no_binder() -> None:
    assert where_we_run({"JUPYTERHUB_USER": "ada", "JUPYTERHUB_API_URL": "http://hub"}) is None


@pytest.mark.parametrize(
    ("launched_from", "host"),
    [
        ("https://mybinder.org/", "mybinder.org"),
        ("https://notebooks.example.org:8443/binder/", "notebooks.example.org"),
        ("", ""),
        ("no address", ""),
        ("https://[broken", ""),
    ],
)
def test_the_hub_is_named_where_it_is_told(launched_from: str, host: str) -> None:
    told = {"BINDER_LAUNCH_HOST": launched_from, "BINDER_REQUEST": "v2/gh/someone/something/main"}

    assert where_we_run(told) == Binder(host)


@pytest.mark.usefixtures("on_binder")
def test_a_real_vault_is_refused() -> None:
    with pytest.raises(PlaceError) as refused:
        connect(URL, SignIn.AZURE_CLI)

    assert "public Binder" in refused.value.message
    assert "insist=True" in refused.value.hint


@pytest.mark.usefixtures("on_binder")
def test_who_insists_may_and_so_for_the_vaults_beside_it() -> None:
    opened = closing(connect(URL, SignIn.AZURE_CLI, insist=True))
    with opened as vault, closing(vault.beside("fabrikam")) as other:
        assert other.url == "https://fabrikam.vault.azure.net"


@pytest.mark.usefixtures("on_binder")
def test_the_practice_vault_is_not_refused(tmp_path: Path) -> None:
    with closing(practise(tmp_path / "vault.sqlite")) as vault:
        assert vault.is_practice


def test_elsewhere_nobody_is_asked() -> None:
    with closing(connect(URL, SignIn.AZURE_CLI)) as vault:
        assert not vault.is_practice
