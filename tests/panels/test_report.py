"""The report: one file, complete, and nothing in it runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.panels.report import MAX_CONCERNS, report
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import Details
from tests.certificates import DAY, NOW
from tests.inventories import VAULT, inventory, issued, many, refused, waiting
from tests.panels.parts import Parts
from tests.work import work_below

DENIED = ForbiddenError("Not allowed.", status=403)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e'


def read(text: str) -> str:
    return "\n".join(Parts(text).texts)


def rows(text: str) -> list[str]:
    """The rows of the table, as text."""
    table = text[text.index('<div class="all"') :]
    return re.findall(r'<tr id="r\d+">(.*?)(?=<tr id|</tbody>)', table, re.DOTALL)


def test_it_needs_nothing_else_and_runs_nothing() -> None:
    text = report(inventory(*many(50)))
    parts = Parts(text)
    tags = {tag for tag, _attributes in parts.tags}

    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & tags
    assert not [a for _t, a in parts.tags if any(name.startswith("on") for name in a)]
    assert {each["href"][0] for each in parts.all("a")} == {"#"}
    assert "@import" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert set(re.findall(r"url\(([^)]{1,4})", text)) <= {"#exp", "#wai"}


def test_a_policy_forbids_what_is_not_there() -> None:
    parts = Parts(report(inventory()))
    policy = next(m["content"] for m in parts.all("meta") if "http-equiv" in m)

    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "base-uri 'none'" in policy
    assert "script" not in policy
    places = [tag for tag, _a in parts.tags]
    assert places.index("meta") < places.index("style")


def test_it_is_told_what_it_is() -> None:
    text = report(inventory(issued()))
    parts = Parts(text)

    assert parts.all("html") == [{"lang": "en"}]
    assert parts.texts[0] == f"Certificates of {VAULT}"
    assert "Read at 2026-06-01 12:00:00 UTC. 1 of 1 rows are here." in read(
        report(inventory(issued()))
    )
    assert all(each.get("scope") in ("col", "row") for each in parts.all("th"))
    assert len(parts.all("caption")) == 1


def test_a_vault_without_a_certificate_is_named() -> None:
    assert "Certificates of empty.vault.azure.net" in report(
        inventory(), vaults=["empty.vault.azure.net"]
    )


def test_a_stopped_reading_is_told() -> None:
    assert "Not everything was read." in report(inventory(issued(), stopped=True))
    assert "Reading was stopped, or still went on" in report(inventory(issued(), stopped=True))
    assert "Everything was read." in report(inventory(issued()))


def test_missing_permissions_are_told_with_the_role() -> None:
    said = read(report(inventory(refused(DENIED), issued(vault="other", error=DENIED))))

    assert "some could not be read" in said
    assert f"{VAULT}: the certificates may not be listed." in said
    assert "other: the requests of one certificate may not be read" in said
    assert "the role Key Vault Reader" in said


def test_numbers_are_told_by_state() -> None:
    found = inventory(issued(), issued(name="b"), waiting(), issued(name="c", error=DENIED))
    numbers = re.findall(r"<li><b>(\d+)</b>([^<]+)</li>", report(found))

    assert {state: int(number) for number, state in numbers} == {
        "pending": 1,
        "completed": 2,
        "cancelled": 0,
        "failed": 0,
        "no request": 0,
        "not known": 1,
    }


def test_what_needs_somebody_stands_before_the_table_and_leads_to_its_row() -> None:
    found = inventory(issued(name="fine"), waiting(name="waits"), issued(name="old", expires=NOW))
    text = report(found)
    order = [text.index(f">{head}") for head in ("What needs", "Waits for a CA: 1", "Pictures<")]

    assert order == sorted(order)
    assert '<a href="#r1">waits</a>' in text
    assert '<a href="#r2">old</a>' in text
    assert rows(text)[1].startswith('<th scope="row">waits')
    assert "Expired and enabled: 1" in text
    assert "Failed: 0" in text


def test_every_link_has_its_row() -> None:
    parts = Parts(report(inventory(*many(500))))
    anchors = {each["href"][1:] for each in parts.all("a")}

    assert anchors <= set(parts.ids)
    assert len(parts.ids) == len(set(parts.ids))


def test_many_of_one_reason_are_counted() -> None:
    text = report(inventory(*(waiting(name=f"w{n}") for n in range(MAX_CONCERNS + 5))))

    assert f"Waits for a CA: {MAX_CONCERNS + 5}" in text
    assert "And 5 more, in the table below." in text
    assert len(Parts(text).all("a")) == MAX_CONCERNS
    assert len(rows(text)) == MAX_CONCERNS + 5


def test_the_table_has_every_row_and_only_columns_with_values() -> None:
    text = report(inventory(issued(tags={"env": "prod"}), issued(name="b")))
    said = rows(text)

    assert len(said) == 2
    assert "env=prod" in said[0]
    assert "2026-12-18" in said[0]
    assert ">Tags</th>" in text
    assert ">Issuer</th>" not in text
    assert ">Vault</th>" not in text  # the heading names it


def test_several_vaults_have_a_column() -> None:
    text = report(inventory(issued(), issued(vault="other.vault.azure.net")))

    assert ">Vault</th>" in text
    assert "other.vault.azure.net" in rows(text)[1]


def test_details_are_in_the_table() -> None:
    details = Details("v", subject="CN=web", names=("DNS:a", "DNS:b"), key="RSA 2048", serial="0A")
    said = rows(report(inventory(issued(details=details), details=True)))[0]

    for text in ("CN=web", "DNS:a, DNS:b", "RSA 2048", "0A"):
        assert text in said


def test_the_words_of_a_failed_request_are_told_and_those_of_an_open_one_are_not() -> None:
    failed = issued(status=Status.FAILED, failure="Rejected: no")

    assert "Rejected: no" in rows(report(inventory(failed)))[0]
    assert "The request says" not in report(inventory(waiting()))


def test_only_the_rows_that_were_chosen_are_told_and_it_is_said() -> None:
    found = inventory(issued(), waiting(), waiting(name="c"))
    text = report(found, found.frame.iloc[1:])

    assert len(rows(text)) == 2
    assert "2 of 3 rows are here." in text
    assert "Only the rows that were chosen are here" in text
    assert '<a href="#r0">' in text


def test_everything_from_outside_is_escaped() -> None:
    details = Details("v", subject=EVIL, names=(EVIL,), key=EVIL, serial=EVIL, policy=EVIL)
    denied = ForbiddenError(EVIL, status=403)
    found = inventory(
        issued(name=EVIL, vault=EVIL, tags={EVIL: EVIL}, details=details, error=denied),
        issued(name="b", status=Status.FAILED, issuer=EVIL, failure=EVIL, expires=NOW + DAY),
        waiting(name=EVIL),
        refused(denied, vault=EVIL),
        details=True,
    )
    text = report(found, vaults=[EVIL])

    assert "<script" not in text
    assert "<img" not in text
    assert "\u202e" not in text


@settings(max_examples=30)
@given(st.text(), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_whatever_is_in_it_the_page_is_the_same(
    name: str, failure: str, tags: dict[str, str]
) -> None:
    entry = issued(name=name or "x", failure=failure or "x", status=Status.FAILED, tags=tags)
    plain = issued(name="x", failure="x", status=Status.FAILED, tags={"x": "x"} if tags else {})
    found, expected = (
        [tag for tag, _a in Parts(report(inventory(each))).tags] for each in (entry, plain)
    )

    assert found == expected


def test_ten_thousand_rows_are_a_few_megabytes_in_a_moment() -> None:
    found = inventory(*many(10_000))
    assert len(found.frame) == 10_000

    with work_below(3):  # less than one is usual
        text = report(found)

    assert len(rows(text)) == 10_000
    assert len(text) < 8_000_000


def test_light_dark_and_paper_have_a_style() -> None:
    style = report(inventory())

    assert "color-scheme:light dark" in style
    assert "@media screen and (prefers-color-scheme:dark)" in style
    assert "@media print" in style
    assert "thead{display:table-header-group}" in style


@pytest.mark.parametrize("text", ["var(--jp-brand-color1", "var(--jp-error-color1"])
def test_each_colour_that_is_used_is_set(text: str) -> None:
    page = report(inventory(*many(100), issued(name="f", status=Status.FAILED)))
    used = set(re.findall(r"var\((--jp-[a-z0-9-]+)", page))
    light, dark = page.split("prefers-color-scheme:dark")[:2]
    known = set(re.findall(r"(--jp-[a-z0-9-]+):", light))

    assert text[4:] in used
    assert used - {"--jp-ui-font-family"} <= known
    assert known == set(re.findall(r"(--jp-[a-z0-9-]+):", dark[: dark.index("}}")]))
