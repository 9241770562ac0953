"""Charts as SVG, in columns or in lines. Parts are told by the theme's colours and by patterns.

A drawing is ``WIDTH`` units wide and grows with its place. Every text in it is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kvcsr_widgets.panels.axis import compact, ticks

WIDTH = 720
HEIGHT = 250
"""Units, about a pixel each; a drawing of lines is as high as it has lines."""

LEFT, RIGHT, TOP, BOTTOM = 44, 4, 20, 36
"""Around the columns: numbers at the left, labels below, totals above."""

_ROOM = HEIGHT - TOP - BOTTOM

WIDER = 2.1
"""How much wider a column with a long label is than others."""

CUT, SMALL = 2.5, 20
"""A wide column is drawn to scale up to so many times the highest other one, or if it is small."""

LINE, LABEL, VALUE = 24, 236, 74
"""Height of a line, and the widths of its label and of its value."""

MAX_LABEL = 36
"""Characters of a line's label; of a longer one the middle is left out."""

_TEXT = "var(--jp-ui-font-color1,#212121)"
_QUIET = "var(--jp-ui-font-color2,#616161)"
_RULE = "var(--jp-border-color2,#e0e0e0)"
_GROUND = "var(--jp-layout-color1,#fff)"

_PATTERNS = {
    "plain": "",
    "rising": "M-2 2L2-2M0 8L8 0M6 10L10 6",
    "crossed": "M0 0L8 8M8 0L0 8",
    "dotted": "M2 2h2v2h-2zM6 6h2v2h-2z",
    "upright": "M2 0V8M6 0V8",
    "level": "M0 2H8M0 6H8",
}
"""Lines over a colour, in a tile of 8 by 8."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How a part is told from others: a colour of the theme, its fallback, and a pattern."""

    color: str
    fallback: str
    pattern: str = "plain"

    @property
    def fill(self) -> str:
        """The colour as CSS."""
        return f"var({self.color},{self.fallback})"


@dataclass(frozen=True, slots=True)
class Column:
    """Parts one above the other; ``label`` and, at some, ``below`` stand under them.

    ``title`` is what a pointer over it tells.
    """

    label: str
    title: str
    parts: tuple[int, ...]
    below: str = ""
    wide: bool = False

    @property
    def total(self) -> int:
        """All its parts."""
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A bar from the left with its label, and its value in words at its end."""

    label: str
    title: str
    value: int
    said: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a drawing is for those who cannot see it."""

    title: str
    description: str


def columns(key: str, told: Told, paints: Sequence[Paint], bars: Sequence[Column]) -> Markup:
    """Bars in columns, each with a part for each of ``paints``; ``key`` is unique on the page."""
    marks = ticks(_scale(bars))
    slots = list(_slots(bars))
    widest = _fits(bars, slots)
    parts = [_defs(key, paints), *_axis(marks)]
    for bar, (x, width) in zip(bars, slots, strict=True):
        unit = _ROOM / max(marks[-1], bar.total)
        parts.append(_column(key, bar, x, width, unit, widest=widest))
        if bar.total > marks[-1]:
            parts.append(_gap(x, width))
    return _svg(key, told, HEIGHT, parts)


def is_cut(bars: Sequence[Column]) -> bool:
    """Whether a column is higher than the axis, and drawn with a gap."""
    most = ticks(_scale(bars))[-1]
    return any(bar.total > most for bar in bars)


def lines(key: str, told: Told, paint: Paint, bars: Sequence[Line]) -> Markup:
    """Bars in lines, one under the other; ``key`` is unique on the page."""
    most = max((bar.value for bar in bars), default=0) or 1
    unit = (WIDTH - LABEL - VALUE) / most
    drawn = (_line(key, bar, place * LINE, unit) for place, bar in enumerate(bars))
    return _svg(key, told, max(len(bars), 1) * LINE, [_defs(key, [paint]), *drawn])


def swatch(key: str, place: int) -> Markup:
    """A small field painted as the part ``place`` of the drawing ``key``, for its legend."""
    return Markup(
        '<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" '
        'style="flex:none"><rect x=".5" y=".5" width="13" height="13" rx="2" '
        'fill="url(#{}-{})" stroke="{}"/></svg>'
    ).format(key, place, _QUIET)


def shortened(label: str) -> str:
    """A label without its middle where it is long: such names differ at both ends."""
    half = (MAX_LABEL - 1) // 2
    return label if len(label) <= MAX_LABEL else f"{label[:half]}…{label[-half:]}"


def _svg(key: str, told: Told, height: int, parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg role="img" aria-labelledby="{key}-title {key}-told" viewBox="0 0 {width} {height}" '
        'style="display:block;width:100%;max-width:{most}px;min-width:{least}px;height:auto;'
        'font-family:var(--jp-ui-font-family,system-ui,sans-serif)" font-size="12">'
        '<title id="{key}-title">{title}</title><desc id="{key}-told">{told}</desc>{parts}</svg>'
    ).format(
        key=key,
        width=WIDTH,
        height=height,
        most=WIDTH * 9 // 8,
        least=WIDTH * 3 // 4,
        title=told.title,
        told=told.description,
        parts=Markup("").join(parts),
    )


def _defs(key: str, paints: Sequence[Paint]) -> Markup:
    tile = Markup(
        '<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect width="8" height="8" style="fill:{}"/>'
        '<path d="{}" style="fill:none;stroke:{};stroke-width:1.6"/></pattern>'
    )
    drawn = (
        tile.format(key, place, paint.fill, _PATTERNS[paint.pattern], _GROUND)
        for place, paint in enumerate(paints)
    )
    return Markup("<defs>{}</defs>").format(Markup("").join(drawn))


def _axis(marks: Sequence[int]) -> Iterator[Markup]:
    rule = Markup(
        '<path d="M{} {:.1f}H{}" style="stroke:{};stroke-width:1"/>'
        '<text x="{}" y="{:.1f}" text-anchor="end" style="fill:{}">{}</text>'
    )
    for mark in marks:
        y = HEIGHT - BOTTOM - _ROOM * mark / marks[-1]
        color = _QUIET if mark == 0 else _RULE
        yield rule.format(
            *(LEFT, y, WIDTH - RIGHT, color),
            *(LEFT - 6, y + 4, _QUIET, f"{mark:,}" if mark < 1_000_000 else compact(mark)),
        )


def _scale(bars: Sequence[Column]) -> int:
    """What the axis has to reach: the highest column, but no wide one that dwarfs the others."""
    most = max((bar.total for bar in bars if not bar.wide), default=0)
    limit = max(most * CUT, SMALL)
    ends = [bar.total for bar in bars if bar.wide and (bar.total <= limit or not most)]
    return max(most, *ends, 0)


def _gap(x: float, width: float) -> Markup:
    """A slanted stroke through a column that is higher than it is drawn."""
    return Markup('<path d="M{:.1f} {}l{:.1f} -10" style="stroke:{};stroke-width:5"/>').format(
        x, HEIGHT - BOTTOM - 0.6 * _ROOM, width, _GROUND
    )


def _slots(bars: Sequence[Column]) -> Iterator[tuple[float, float]]:
    """Where each column's place begins, and how wide it is."""
    weights = [WIDER if bar.wide else 1.0 for bar in bars]
    unit = (WIDTH - LEFT - RIGHT) / max(sum(weights), 1.0)
    x = float(LEFT)
    for weight in weights:
        yield x, weight * unit
        x += weight * unit


def _fits(bars: Sequence[Column], slots: Sequence[tuple[float, float]]) -> bool:
    """Whether every total can be written out above its column."""
    return all(
        len(f"{bar.total:,}") * 6.5 <= width for bar, (_x, width) in zip(bars, slots, strict=True)
    )


def _column(key: str, bar: Column, x: float, width: float, unit: float, *, widest: bool) -> Markup:
    text = Markup('<text x="{:.1f}" y="{}" text-anchor="middle" font-size="10.5" style="fill:{}">')
    text += Markup("{}</text>")
    middle, base = x + width / 2, HEIGHT - BOTTOM
    parts, top = _parts(key, bar, middle, width, unit)
    if bar.total:
        number = f"{bar.total:,}" if widest else compact(bar.total)
        parts += text.format(middle, round(top - 4), _TEXT, number)
    parts += text.format(middle, base + 14, _TEXT, bar.label)
    if bar.below:
        parts += text.format(middle, base + 28, _QUIET, bar.below)
    return Markup("<g><title>{}</title>{}</g>").format(bar.title, parts)


def _parts(key: str, bar: Column, middle: float, width: float, unit: float) -> tuple[Markup, float]:
    """The parts of a column from its foot up, and where its top is."""
    part = Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="url(#{}-{})" '
        'style="stroke:{};stroke-width:.8"/>'
    )
    thick = min(width * 0.78, 40.0)
    y, drawn = float(HEIGHT - BOTTOM), Markup("")
    for place, number in enumerate(bar.parts):
        if number:
            height = max(number * unit, 2.0)  # one of ten thousand is seen, too
            y -= height
            drawn += part.format(middle - thick / 2, y, thick, height, key, place, _GROUND)
    return drawn, y


def _line(key: str, bar: Line, y: int, unit: float) -> Markup:
    """A label that is wider than its place is cut off there, by the SVG it stands in."""
    length = bar.value * unit
    return Markup(
        '<g><title>{title}</title><svg x="0" y="{y}" width="{room}" height="{line}">'
        '<text x="0" y="16" style="fill:{color}">{label}</text></svg>'
        '<rect x="{left}" y="{top}" width="{length:.1f}" height="{thick}" fill="url(#{key}-0)"/>'
        '<text x="{end:.1f}" y="{base}" style="fill:{color}">{said}</text></g>'
    ).format(
        title=bar.title,
        y=y,
        room=LABEL - 8,
        line=LINE,
        color=_TEXT,
        label=shortened(bar.label),
        left=LABEL,
        top=y + 4,
        length=length,
        thick=LINE - 8,
        key=key,
        end=LABEL + length + 6,
        base=y + 16,
        said=bar.said,
    )
