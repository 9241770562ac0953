"""What a Binder makes of binder/ works: the start page, the app, files, all behind a prefix."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from playwright.sync_api import Page, expect

from tests.browser import app_steps, binder, test_whole_job
from tests.browser.binder import Built, Served
from tests.browser.server import CLONE
from tests.browser.steps import opened

START = "lab/tree/notebooks/00-start-here.ipynb"
APP = "voila/render/notebooks/workbook.ipynb"
"""The ``urlpath`` of the two badges."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return binder.build(tmp_path_factory.mktemp("binder"))


@pytest.fixture(scope="module")
def served(built: Built) -> Iterator[Served]:
    with binder.serving(built) as server:
        yield server


def test_the_package_is_the_one_that_was_built(built: Built) -> None:
    """Else the rest would say nothing about binder/."""
    (package,) = (built.folder / "env").rglob("site-packages/kvcsr_widgets/__init__.py")

    assert package.read_bytes() == (CLONE / "kvcsr_widgets/__init__.py").read_bytes()
    assert not list(package.parents[1].glob("_editable*kvcsr*"))


def test_the_binders_python_is_new_enough() -> None:
    """repo2docker takes an older one where nothing is said."""
    said = (CLONE / "binder/runtime.txt").read_text("ascii").strip()
    project = tomllib.loads((CLONE / "pyproject.toml").read_text("utf-8"))["project"]

    assert said.removeprefix("python-") in SpecifierSet(project["requires-python"])


def test_it_opens_on_the_start_page(page: Page, served: Served) -> None:
    page.goto(served.page(""))

    opened(page, "Start here")
    expect(page).to_have_url(re.compile(f"{binder.PREFIX}{START}"))
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".jp-toastContainer, .Toastify__toast")).to_have_count(0)


def test_the_job_is_done_in_the_notebooks(page: Page, served: Served, tmp_path: Path) -> None:
    page.goto(served.page(START.replace("00-start-here", "01-create-the-csr")))
    csr = test_whole_job.create(page, opened(page, "01 · Create the CSR"), tmp_path)
    reply = test_whole_job.sign_outside(csr)

    page.goto(served.page(START.replace("00-start-here", "03-merge-the-signed-certificate")))
    test_whole_job.merge(page, opened(page, "03 · Merge the signed certificate"), reply)


def test_the_job_is_done_in_the_app(page: Page, served: Served, tmp_path: Path) -> None:
    app_steps.opened(page, served.page(APP))

    expect(page).to_have_title("The whole job on one page · kvcsr")
    app_steps.connect(page)
    csr = app_steps.create(page, tmp_path, "app-contoso-com")
    app_steps.sign_and_merge(page, csr, "app-contoso-com")


def test_a_diagram_is_drawn_here_too(page: Page, served: Served) -> None:
    app_steps.opened(page, served.page(APP.replace("workbook", "00-start-here")))

    expect(page.get_by_role("img", name=re.compile("Create"))).to_be_visible()


def test_it_says_that_it_is_public_and_holds_back_a_real_vault(page: Page, served: Served) -> None:
    app_steps.opened(page, served.page(APP))

    expect(page.get_by_text("You are on a public Binder (mybinder.org).")).to_be_visible()
    page.get_by_role("button", name="Azure Key Vault").click()
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_disabled()
    expect(page.get_by_label("Sign in with")).to_be_hidden()
    page.get_by_role("checkbox", name="I insist on signing in to a real vault here").check()
    expect(page.get_by_label("Sign in with")).to_be_visible()
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_enabled()


def test_who_has_no_token_is_asked_for_it(page: Page, served: Served) -> None:
    page.goto(f"{served.start}{APP}")

    expect(page).to_have_url(re.compile(f"{binder.PREFIX}login"))
