"""The notebooks as pages of Voilà: our template brings all that they need, and nothing is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import voila
from tests.browser.app_steps import connect, create, opened, sign_and_merge
from tests.browser.voila import page_of

START = "00-start-here.ipynb"


@pytest.fixture(scope="module")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with voila.running(tmp_path_factory.mktemp("voila")) as url:
        yield url


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page whose console tells no error: a refused script, style or font would be one."""
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield page
    assert errors == []


def test_a_diagram_is_drawn(quiet: Page, app_url: str) -> None:
    opened(quiet, page_of(app_url, START))

    picture = quiet.get_by_role("img", name=re.compile("01 · Create"))
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.width)") > 400
    expect(quiet.locator("pre.mermaid")).to_be_hidden()


def test_an_icon_has_its_font(quiet: Page, app_url: str) -> None:
    opened(quiet, page_of(app_url, "01-create-the-csr.ipynb"))

    expect(quiet.locator("button .fa-plus:visible").first).to_be_visible()
    loaded = "[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)"
    quiet.wait_for_function(f"{loaded}.some(family => family.includes('Font Awesome'))")


def test_a_page_has_the_title_of_its_notebook_and_no_code(quiet: Page, app_url: str) -> None:
    opened(quiet, page_of(app_url, START))

    expect(quiet).to_have_title("Start here · kvcsr")
    expect(quiet.get_by_text("from kvcsr_widgets")).to_have_count(0)
    assert "kvcsr_widgets.panels" not in quiet.content()


@pytest.mark.parametrize(("theme", "light"), [("light", True), ("dark", False)])
def test_a_page_follows_the_theme(quiet: Page, app_url: str, theme: str, *, light: bool) -> None:
    opened(quiet, page_of(app_url, START, theme=theme))

    scrolled = quiet.get_by_role("main")
    expect(quiet.locator("body")).to_have_attribute("data-jp-theme-light", str(light).lower())
    colour = scrolled.evaluate("main => getComputedStyle(main).backgroundColor")
    (red, *_rest) = map(int, re.findall(r"\d+", colour))
    assert (red > 200) is light


def test_a_theme_that_nobody_knows_is_not_repeated(quiet: Page, app_url: str) -> None:
    opened(quiet, page_of(app_url, START, theme="%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E"))

    expect(quiet.locator("body")).to_have_attribute("data-jp-theme-light", "true")
    assert "onerror" not in quiet.content()


def test_a_link_leads_to_the_other_notebook(quiet: Page, app_url: str) -> None:
    opened(quiet, page_of(app_url, START))

    quiet.get_by_role("link", name="Troubles").first.click()

    expect(quiet).to_have_title(re.compile("Troubles"))


def test_the_bare_address_leads_to_the_whole_job(quiet: Page, app_url: str, tmp_path: Path) -> None:
    opened(quiet, app_url)

    expect(quiet).to_have_url(re.compile(r"/voila/render/workbook\.ipynb$"))
    connect(quiet)
    sign_and_merge(quiet, create(quiet, tmp_path))


@pytest.mark.parametrize("path", ["voila/render/99-nothing.ipynb", "nothing/at/all"])
def test_what_is_not_there_is_told_in_our_words(page: Page, app_url: str, path: str) -> None:
    start, _, token = app_url.partition("?")

    answer = page.goto(f"{start}{path}?{token}")

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert "Voil" not in page.content().replace("data-voila", "")


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/00-start-here.ipynb",
        "voila/files/../binder/requirements.txt",
        "voila/files/%2e%2e/binder/requirements.txt",
        "voila/files/../../home/.bashrc",
        "api/contents/00-start-here.ipynb",
        "files/00-start-here.ipynb",
    ],
)
def test_no_file_is_served(page: Page, app_url: str, path: str) -> None:
    start, _, token = app_url.partition("?")

    answer = page.request.get(f"{start}{path}?{token}")

    assert answer.status in {403, 404}


def test_who_has_no_token_is_asked_for_it(page: Page, app_url: str) -> None:
    page.goto(app_url.partition("?")[0] + f"voila/render/{START}")

    expect(page).to_have_url(re.compile("/login"))
    expect(page.get_by_text("Start here")).to_have_count(0)


def test_who_calls_this_machine_by_another_name_gets_nothing(page: Page, app_url: str) -> None:
    answer = page.request.get(
        page_of(app_url, START), headers={"Host": f"evil.example:{urlsplit(app_url).port}"}
    )

    assert answer.status == 403
    assert "Start here" not in answer.text()


def test_a_lost_connection_is_found_again(page: Page, app_url: str) -> None:
    lines: list[WebSocketRoute] = []

    def join(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket("**/channels**", join)
    opened(page, page_of(app_url, START))
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()

    lines[0].close()

    connect(page)
    assert len(lines) > 1


def test_a_page_that_is_left_ends_its_kernel(quiet: Page, app_url: str) -> None:
    opened(quiet, page_of(app_url, START))
    config = "JSON.parse(document.getElementById('jupyter-config-data').textContent)"
    kernel = app_url.partition("?")[0] + f"api/kernels/{quiet.evaluate(config)['kernelId']}"
    assert quiet.request.get(kernel).status == 200

    quiet.goto("about:blank")

    end = time.monotonic() + 30  # the page asks for it on its way out, and nobody waits
    while quiet.request.get(kernel).status != 404:
        assert time.monotonic() < end, "its kernel is still there"
        time.sleep(0.2)
