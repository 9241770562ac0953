"""Charts as SVG, and the figures around them."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.panels import figures, svg
from kvcsr_widgets.panels.axis import TICKS, compact, ticks
from kvcsr_widgets.panels.figures import MAX_LINES
from kvcsr_widgets.panels.svg import HEIGHT, WIDTH, Column, Line, Paint, Told
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook import pictures
from kvcsr_widgets.runbook.entries import Entry
from tests.certificates import DAY, NOW
from tests.inventories import frame, issued, many, unread, waiting
from tests.panels.parts import Parts

EVIL = '"></title><script>alert(1)</script>\u202e'
PAINTS = (Paint("--jp-brand-color1", "#00f"), Paint("--jp-warn-color1", "#f80", "rising"))
TOLD = Told("A title", "A description")
SVG = "{http://www.w3.org/2000/svg}"


def columns(*parts: tuple[int, ...], wide: bool = False) -> str:
    bars = [Column(f"c{place}", "", each, wide=wide) for place, each in enumerate(parts)]
    return str(svg.columns("k", TOLD, PAINTS, bars))


def drawn(text: str) -> ET.Element:
    """As XML: it is well-formed."""
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def boxes(text: str) -> list[tuple[float, ...]]:
    """Begin, end, top and bottom of the bars' parts."""
    found: list[tuple[float, ...]] = []
    for each in drawn(text).iter(f"{SVG}rect"):
        if "url(" in each.attrib.get("fill", ""):
            x, y, width, height = (float(each.attrib[n]) for n in ("x", "y", "width", "height"))
            found.append((x, x + width, y, y + height))
    return found


def labels(text: str) -> list[tuple[float, float, str]]:
    """Place and text of what is written."""
    return [
        (float(each.attrib["x"]), float(each.attrib["y"]), each.text or "")
        for each in drawn(text).iter(f"{SVG}text")
    ]


def expiries(*entries: Entry) -> str:
    return str(figures.expiries(pictures.expiries(frame(*entries), NOW), "k"))


def waits(*entries: Entry) -> str:
    return str(figures.waits(pictures.waits(frame(*entries), NOW), "k"))


@given(st.integers(0, 10**9))
def test_marks_are_round_and_reach_the_most(most: int) -> None:
    marks = ticks(most)
    steps = {after - before for before, after in pairwise(marks)}

    assert marks[0] == 0
    assert marks[-1] >= most
    assert 2 <= len(marks) <= TICKS + 1
    assert len(steps) == 1
    assert re.fullmatch("[125]0*", str(steps.pop()))


@given(st.integers(0, 10**9))
def test_a_compact_number_has_four_characters_and_is_near(number: int) -> None:
    text = compact(number)
    factor = {"k": 1_000, "M": 1_000_000}.get(text[-1], 1)

    assert len(text) <= 4
    assert float(text.rstrip("kM")) * factor == pytest.approx(number, rel=0.06)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1_000, "1k"), (1_234, "1.2k"), (12_345, "12k"), (2_000_000, "2M")],
)
def test_big_numbers_are_made_short(number: int, text: str) -> None:
    assert compact(number) == text


def test_the_drawing_has_a_name_and_a_description() -> None:
    root = drawn(columns((1, 2)))
    names = root.attrib["aria-labelledby"].split()
    by_id = {each.attrib["id"]: each.text for each in root if "id" in each.attrib}

    assert root.attrib["role"] == "img"
    assert [by_id[name] for name in names] == ["A title", "A description"]


def test_parts_stand_one_above_the_other_to_scale() -> None:
    (_, _, top1, bottom1), (_, _, top2, bottom2) = boxes(columns((10, 5)))

    assert top1 == pytest.approx(bottom2)
    assert (bottom1 - top1) == pytest.approx(2 * (bottom2 - top2), rel=0.01)


def test_one_of_ten_thousand_is_seen() -> None:
    heights = [bottom - top for _x, _end, top, bottom in boxes(columns((9_999, 1)))]

    assert heights[1] >= 2


@pytest.mark.parametrize("most", [0, 1, 7, 450, 10_000, 1_000_000])
def test_nothing_leaves_the_drawing(most: int) -> None:
    text = columns(*[(most, most // 2)] * 26)

    for begin, end, top, bottom in boxes(text):
        assert 0 <= begin < end <= WIDTH
        assert 0 <= top <= bottom <= HEIGHT
    assert all(0 <= x <= WIDTH and 0 < y <= HEIGHT for x, y, _text in labels(text))


@pytest.mark.parametrize("entries", [(), tuple(many(10_000))], ids=["few", "many"])
def test_labels_of_two_years_do_not_overlap(entries: tuple[Entry, ...]) -> None:
    """A character of this font is at most 0.65 of its size wide."""
    text = expiries(issued(expires=NOW - DAY), issued(expires=NOW + 2000 * DAY), *entries)
    rows: dict[float, list[tuple[float, float]]] = {}
    for x, y, said in labels(text[text.index("<svg role") : text.rindex("</svg>") + 6]):
        if x > svg.LEFT:
            half = len(said) * 10.5 * 0.62 / 2
            rows.setdefault(y, []).append((x - half, x + half))
    assert len(max(rows.values(), key=len)) == 26
    for row in rows.values():
        for (_b, end), (begin, _e) in pairwise(sorted(row)):
            assert end <= begin + 1


def test_a_column_that_dwarfs_the_others_has_a_gap_and_the_reader_is_told() -> None:
    rows = [issued(name=f"a{n}", expires=NOW - DAY) for n in range(300)]
    cut = expiries(*rows, *(issued(name=f"b{n}") for n in range(30)))
    whole = expiries(*rows, *(issued(name=f"b{n}") for n in range(200)))

    assert "higher than drawn" in cut
    assert ">300</text>" in cut
    assert "higher than drawn" not in whole


def test_each_state_has_a_pattern_of_its_own_beside_its_colour() -> None:
    states = [None, *Status]
    text = expiries(
        *(issued(name=str(s), status=s) for s in states), issued(name="none", read=True)
    )
    tiles = re.findall(r'<pattern id="([^"]+)".*?fill:(\S+)"/><path d="([^"]*)"', text)

    assert len(tiles) == 5
    assert len({fill for _id, fill, _path in tiles}) == 5
    assert len({path for _id, _fill, path in tiles}) == 5
    assert text.count('aria-hidden="true"') == 5  # a legend for each


def test_colours_are_the_themes_own_with_a_fallback() -> None:
    text = expiries(*many(100)) + waits(*many(100))

    assert set(re.findall(r"var\((--[a-z]+)-", text)) == {"--jp"}
    inside = "".join(re.findall(r"<svg role.*?</svg>\s*(?=<)", text, re.DOTALL))
    assert not re.search(r"var\(--jp-[a-z0-9-]+\)", inside)
    outside = re.sub(r"var\([^)]*\)", "", text)
    assert not re.search(r"#[0-9a-f]{3,6}\b|rgb|hsl", outside)


def test_only_the_states_that_occur_are_in_the_legend() -> None:
    texts = Parts(expiries(issued(), issued(name="b", status=Status.IN_PROGRESS))).texts

    assert "completed" in texts
    assert "pending: a renewal is open" in texts
    assert not any("failed" in text for text in texts)


def test_the_same_stands_in_a_table() -> None:
    parts = Parts(expiries(issued(expires=NOW + DAY), issued(name="b", expires=NOW - DAY)))
    table = parts.texts[parts.texts.index("Month (UTC)") :]

    assert len(parts.all("details")) == 1
    assert table[:9] == [
        "Month (UTC)",
        "completed",
        "all",
        "expired",
        "1",
        "1",
        "2026-06",
        "1",
        "1",
    ]


def test_a_year_is_told_at_its_january_and_at_the_begin() -> None:
    said = [text for _x, _y, text in labels(_only(expiries(issued(expires=NOW + 600 * DAY))))]

    assert [text for text in said if re.fullmatch("20..", text)] == ["2026", "2027", "2028"]


def test_without_dates_it_is_said_and_nothing_is_drawn() -> None:
    text = expiries(waiting())

    assert "No certificate has an end yet." in text
    assert "Without a date, as nothing was merged yet: 1." in text
    assert "<svg" not in text


def test_the_longest_waits_are_drawn_and_more_are_counted() -> None:
    text = waits(*(waiting(name=f"w{n:02d}", days=n) for n in range(MAX_LINES + 3)))
    parts = Parts(text)

    assert "The 20 that wait longest, and 3 more:" in text
    assert "w22" in parts.texts
    assert "w02" not in parts.texts
    assert "15 to 30 days" in parts.texts
    assert len(parts.all("svg")) == 2 + MAX_LINES + 6  # a label is clipped by an SVG of its own


def test_few_waits_are_not_counted_in_groups() -> None:
    text = waits(waiting(), waiting(name="b", days=0.2))

    assert "15 to 30 days" not in text
    assert "less than 1 day" in text
    assert "3 days" in text


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (issued(), "No request waits for a CA."),
        (unread(), "No request is known to wait for a CA. Of 1 certificate it is not known."),
        (issued(status=Status.IN_PROGRESS), "Not known since when"),
        (waiting(issuer="DigiCert"), "With an issuer that the vault asks by itself: 1 more."),
    ],
)
def test_what_cannot_be_drawn_is_said(entry: Entry, said: str) -> None:
    text = waits(entry)

    assert said in text
    assert "<svg" not in text


def test_names_in_several_vaults_are_told_with_their_vault() -> None:
    parts = Parts(waits(waiting(), waiting(vault="fabrikam.vault.azure.net")))

    assert {"new (contoso)", "new (fabrikam)"} <= set(parts.texts)


def test_texts_from_outside_are_escaped() -> None:
    text = waits(waiting(name=EVIL), waiting(name="b", vault=EVIL))
    line = Line(EVIL, EVIL, 1, EVIL)
    text += svg.lines("k", Told(EVIL, EVIL), PAINTS[0], [line])
    text += svg.columns("k", Told(EVIL, EVIL), PAINTS, [Column(EVIL, EVIL, (1, 1), below=EVIL)])

    assert "<script" not in text
    assert "\u202e" not in waits(waiting(name=EVIL))


def test_a_long_name_loses_its_middle_and_is_whole_for_a_pointer() -> None:
    name = "a" * 60 + "b" * 60
    text = waits(waiting(name=name))

    assert f"<title>{name} in " in text
    assert "aaa…bbb" in text
    assert len(svg.shortened(name)) <= svg.MAX_LABEL


@given(st.text(max_size=200), st.integers(0, 10**7))
def test_whatever_a_name_is_the_drawing_is_whole(name: str, days: int) -> None:
    found = pictures.Waits((pictures.Wait("v", name, days),))
    parts = Parts(str(figures.waits(found, "k")))

    assert len(parts.all("script")) == 0
    assert len(parts.all("figure")) == 1


def test_ids_are_unique_for_a_key() -> None:
    parts = Parts(
        str(figures.expiries(pictures.expiries(frame(*many(300)), NOW), "a"))
        + str(figures.waits(pictures.waits(frame(*many(300)), NOW), "b"))
    )

    assert len(parts.ids) == len(set(parts.ids))
    used = {fill[5:-1] for each in parts.all("rect") if (fill := each.get("fill", ""))}
    assert used <= set(parts.ids)


def _only(figure: str) -> str:
    """The drawing of a figure."""
    return figure[figure.index("<svg role") : figure.rindex("</svg>") + len("</svg>")]
