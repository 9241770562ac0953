"""Every drill as a person plays it, with mouse and keyboard, in real JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kvcsr_widgets.drills.catalogue import DRILLS
from tests.browser import drill_page as play
from tests.browser import drills_more, lab, voila
from tests.browser.conftest import watched
from tests.browser.steps import shot

Mend = Callable[[Page, Locator, Path], None]
"""Mends a drill that is staged: gets the page, the panel, and a folder for downloads."""


NOTEBOOK = "clone/notebooks/drills.ipynb"


@pytest.fixture(scope="module")
def in_lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locator]:
    """One panel in one JupyterLab for all drills, which are played one after the other."""
    folder = tmp_path_factory.mktemp("lab")
    with lab.running(folder) as url, watched(browser) as page:
        play.write_notebook(folder / NOTEBOOK)
        yield play.open_panel(page, url.replace("00-start-here", "drills"))


@pytest.fixture(scope="module")
def in_voila(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locator]:
    """The same in Voilà."""
    folder = tmp_path_factory.mktemp("voila")
    with voila.running(folder) as url, watched(browser) as page:
        play.write_notebook(folder / NOTEBOOK)
        yield play.open_app_panel(page, voila.page_of(url, "drills.ipynb"))


def using(*filenames: str) -> Mend:
    """Use files that lie on the desk, and merge."""

    def mend(_page: Page, panel: Locator, _folder: Path) -> None:
        play.use(panel, *filenames)
        play.merge(panel)

    return mend


def made_again(page: Page, panel: Locator, folder: Path) -> None:
    play.use(panel, "shop-contoso-com.p7b")
    expect(panel.get_by_text("the keys differ").first).to_be_visible()
    play.sign(page, panel, "shop-contoso-com", folder)


def signing(request: str) -> Mend:
    """Have the request signed again."""
    return lambda page, panel, folder: play.sign(page, panel, request, folder)


def new_version(name: str) -> Mend:
    """Make a new version with a new key, have it signed, and merge."""

    def mend(page: Page, panel: Locator, folder: Path) -> None:
        panel.get_by_label("Certificate name").fill(name)
        panel.get_by_role("button", name="Start from its current policy").click()
        expect(panel.get_by_text("The form starts from the current policy.")).to_be_visible()
        panel.get_by_role("button", name="Advanced policy").click()
        panel.get_by_label("Reuse the key", exact=False).uncheck()
        panel.get_by_role("button", name="Create the CSR").click()
        expect(panel.get_by_text(f"“{name}” is created")).to_be_visible()
        play.sign(page, panel, name, folder)

    return mend


def comma(_page: Page, panel: Locator, _folder: Path) -> None:
    panel.get_by_label("Certificate name").fill("pay-contoso-com")
    subject = panel.get_by_label("Subject", exact=True)
    subject.fill('CN=pay.contoso.com, O="Contoso, Inc.", L=Redmond, C=US')
    panel.get_by_role("button", name="Create the CSR").click()


def disabled(_page: Page, panel: Locator, _folder: Path) -> None:
    row = panel.get_by_role("row", name="wiki-contoso-com")
    panel.get_by_label("Select wiki-contoso-com").press("Space")
    panel.get_by_label("Action", exact=True).select_option("Enable")
    panel.get_by_role("button", name="Enable", exact=True).click()
    expect(row.get_by_text("enabled")).to_be_visible()
    play.unfold(panel, "Merge")
    play.use(panel, "hr-contoso-com.p7b")
    play.merge(panel)


def forgotten(_page: Page, panel: Locator, _folder: Path) -> None:
    expect(panel.get_by_role("row", name="cert-0411")).to_be_visible()
    play.unfold(panel, "Merge")
    play.use(panel, "order-48151623.p7b")
    play.merge(panel)


def wrong_home(page: Page, panel: Locator, folder: Path) -> None:
    panel.get_by_label("Request", exact=True).select_option(
        label="www-contoso-com - waits for the CA"
    )
    play.choose(page, panel, play.download(page, panel, "Download www.contoso.com.p7b", folder))
    expect(panel.get_by_text("the keys differ").first).to_be_visible()
    panel.get_by_role("button", name="Go to the request “web-2026”").press("Enter")
    play.merge(panel)


def whole_chain(page: Page, panel: Locator, folder: Path) -> None:
    files = [
        play.download(page, panel, f"Download {name}", folder)
        for name in ("portal-contoso-com.cer", "ca-certificates.p7b")
    ]
    play.choose(page, panel, *files)
    play.merge(panel)


def root_first(page: Page, panel: Locator, folder: Path) -> None:
    play.choose(page, panel, play.download(page, panel, "Download vpn-reissued.pfx", folder))
    expect(panel.get_by_text("private key", exact=False).first).to_be_visible()
    play.use(panel, "vpn-contoso-com.pem")
    play.merge(panel)


def bad_tag(_page: Page, panel: Locator, _folder: Path) -> None:
    play.use(panel, "certnew.cer")
    expect(panel.get_by_text("is a web page")).to_be_visible()
    play.use(panel, "certnew-2.cer")
    play.merge(panel)


def batch(_page: Page, panel: Locator, _folder: Path) -> None:
    play.use(panel, "order-1516.pem")
    panel.get_by_role("button", name="Find their requests").click()
    expect(panel.get_by_text("2 replies can be merged.")).to_be_visible()
    panel.get_by_role("button", name="Merge 2 replies").press("Enter")


MENDS: dict[str, Mend] = {
    "forgotten-name": forgotten,
    "disabled": disabled,
    "comma": comma,
    "made-again": made_again,
    "wrong-home": wrong_home,
    "csr-used": new_version("login-contoso-com"),
    "whole-chain": whole_chain,
    "chain-missing": new_version("gateway-contoso-com"),
    "wrong-intermediate": using("api-contoso-com.pem", "issuing-ca.cer"),
    "chain-order": new_version("proxy-contoso-com"),
    "no-item": using("crm-contoso-com.p7b"),
    "root-first": root_first,
    "bad-tag": bad_tag,
    "name-dropped": signing("booking-contoso-com"),
    "batch": batch,
} | drills_more.MENDS
"""By the drills' codes."""


def test_every_drill_is_played() -> None:
    assert set(MENDS) == set(DRILLS)


@pytest.mark.parametrize("code", MENDS)
@pytest.mark.parametrize("place", ["in_lab", "in_voila"])
def test_a_person_solves_it(
    request: pytest.FixtureRequest, place: str, code: str, tmp_path: Path
) -> None:
    panel: Locator = request.getfixturevalue(place)
    drill, page = DRILLS[code], panel.page
    play.stage(panel, drill)
    shot(page, f"drill-{code}-1")
    play.diagnose(panel, drill)
    try:
        MENDS[code](page, panel, tmp_path)
        play.expect_solved(panel, drill)
    finally:
        shot(page, f"drill-{code}-2")


def test_a_drill_is_gone_on_with_after_the_kernel_restarted(in_lab: Locator) -> None:
    """By keyboard: staged and diagnosed, then the kernel is restarted, then it is mended."""
    panel = in_lab
    drill, page = DRILLS["whole-chain"], panel.page
    play.choose_drill(panel, DRILLS["batch"])
    play.choose_drill(panel, drill)
    panel.get_by_role("button", name=re.compile("^(Stage it|Go on)$")).press("Enter")
    panel.get_by_role("button", name="Stage it again").press("Enter")
    expect(panel.get_by_role("radio", checked=True)).to_have_count(0)
    play.diagnose_by_keyboard(panel, drill)

    play.restart(page)

    panel.get_by_role("button", name="Go on", exact=True).press("Enter")
    expect(panel.get_by_role("radio", name=play.right(drill).text)).to_be_checked()
    expect(panel.get_by_text(play.right(drill).why)).to_be_visible()
    play.use(panel, "portal-contoso-com.cer", "ca-certificates.p7b")
    play.merge(panel)
    play.expect_solved(panel, drill)
