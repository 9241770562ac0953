"""How an error looks: what happened, why, what to do, where to practise, and all that was said."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from kvcsr_widgets.errors import ConflictError, InputError, KvcsrError, RefusedError
from kvcsr_widgets.panels import links
from kvcsr_widgets.panels.notice import Notice
from tests.clean_notebooks import NOTEBOOKS
from tests.panels.test_panels import HOSTILE

KNOWN = ConflictError(
    "It is open.",
    why="One at a time.",
    hint="Merge it.",
    notebook="03-merge-the-signed-certificate.ipynb",
    status=409,
    code="Conflict",
    inner_code="Inner",
    service_text="A new one can not be created.",
    answer='{"error":{}}',
    request_id="11111111-2222",
    cause="request-open",
)


def shown(error: KvcsrError) -> str:
    notice = Notice()
    notice.fail(error)
    return notice.value


def test_a_known_error_is_explained_and_its_answer_folded() -> None:
    said = shown(KNOWN)

    for part in ("It is open.", "One at a time.", "Merge it.", "409", "Conflict · Inner"):
        assert part in said
    for part in ("A new one can not be created.", "{&#34;error&#34;:{}}", "11111111-2222"):
        assert part in said
    assert "<details><summary" in said
    assert 'href="03-merge-the-signed-certificate.ipynb" target="_blank" rel="noopener"' in said


def test_an_unknown_error_is_shown_whole_and_open() -> None:
    words = "An odd reason. " * 500
    said = shown(RefusedError("Refused.", status=400, code="Odd", service_text=words, answer=words))

    assert "<details open>" in said
    assert said.count(words.strip()) == 2


def test_what_never_reached_the_vault_has_no_answer_to_show() -> None:
    said = shown(InputError("Fill it in.", hint="The name."))

    assert "details" not in said
    assert "The name." in said


def test_nothing_of_an_error_becomes_a_tag() -> None:
    error = RefusedError(
        HOSTILE,
        why=HOSTILE,
        hint=HOSTILE,
        notebook=HOSTILE,
        code=HOSTILE,
        inner_code=HOSTILE,
        service_text=f"</pre></details>{HOSTILE}",
        answer=HOSTILE,
        request_id=HOSTILE,
    )

    said = shown(error)

    assert "<img" not in said
    assert said.count("</details>") == 1


def test_what_support_needs_can_be_copied() -> None:
    notice = Notice()
    notice.fail(KNOWN)

    assert notice.copy is not None
    text = notice.copy.text
    assert text.startswith("Time: 20")
    for part in ("request-open", "409", "Conflict · Inner", "11111111-2222", "can not be created"):
        assert part in text


def test_a_secret_is_in_neither() -> None:
    notice = Notice()
    notice.fail(RefusedError("No.", service_text="x", answer="Bearer eyJhbGciOiJSUzI1NiJ9.e30.x"))

    assert notice.copy is not None
    assert "eyJ" not in notice.copy.text + notice.value


@pytest.mark.parametrize("after", ["done", "info", "warn", "clear", "an input error"])
def test_the_button_goes_with_the_error(after: str) -> None:
    notice = Notice()
    notice.fail(KNOWN)
    assert notice.copy is not None
    assert notice.copy.layout.display == ""

    if after == "clear":
        notice.clear()
    elif after == "an input error":
        notice.fail(InputError("Fill it in."))
    else:
        getattr(notice, after)("Well.")

    assert notice.copy.layout.display == "none"
    notice.fail(KNOWN)
    assert notice.copy.layout.display == ""


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), ids=lambda path: path.stem)
def test_a_link_has_the_title_of_its_notebook(path: Path) -> None:
    title = links.notebook_link(path.name).striptags()

    heading = nbformat.read(path, as_version=4).cells[0].source.splitlines()[0]
    assert heading.removeprefix("# ") in (title, title.removeprefix("00 · "))


@pytest.mark.parametrize(
    "name",
    ["javascript:alert(1)", "../03-merge.ipynb", "03-a.ipynb#x", "", "x.ipynb"],
)
def test_nothing_but_a_notebook_becomes_a_link(name: str) -> None:
    assert links.notebook_link(name) == name
