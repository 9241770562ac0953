"""What a drill says, as HTML: its story and task, its diagnoses, and the letters that came."""

from __future__ import annotations

from markupsafe import Markup

from kvcsr_widgets.drills.drill import Diagnosis, Drill, Verdict
from kvcsr_widgets.panels import html
from kvcsr_widgets.pki.facts import shown

DIAGNOSES = "kvcsr-diagnoses"
"""The class of the radio buttons."""

STYLE = Markup(
    "<style>.{0} .widget-radio-box{{width:100%}}"
    ".{0} .widget-radio-box label{{display:flex;flex-direction:row-reverse;"
    "justify-content:flex-end;align-items:flex-start;gap:8px;height:auto;margin:4px 0;"
    "white-space:normal;line-height:1.4;overflow:visible}}"
    ".{0} .widget-radio-box input{{flex:none;margin:3px 0 0}}</style>"
).format(DIAGNOSES)
"""Long answers take several lines; ipywidgets gives each just one."""


def told(drill: Drill) -> Markup:
    """What happened, and what is to be reached."""
    return Markup(
        '<div style="margin:8px 0 4px;line-height:1.5;overflow-wrap:anywhere">'
        '<div role="heading" aria-level="4" style="font-weight:600">{}</div>'
        '<p style="margin:6px 0">{}</p><p style="margin:6px 0"><b>Your task:</b> {}</p></div>'
    ).format(drill.title, drill.story, drill.task)


def answer(found: Diagnosis) -> Markup:
    """Whether a diagnosis is right, and why."""
    if found.right:
        return html.note("done", "That is it.", [found.why])
    return html.note("look", "That is not it. Choose again.", [found.why])


def verdict(found: Verdict, *, diagnosed: bool, lesson: str) -> Markup:
    """Whether the trouble is mended, and what the vault shows."""
    if not found.mended:
        return html.note("look", "Not mended yet.", [found.said])
    if not diagnosed:
        return html.note("info", "Mended.", [found.said, "Say what was wrong: then it is solved."])
    return html.note("done", "Solved.", [found.said, Markup("<b>Keep:</b> {}").format(lesson)])


def letter(name: str, content: bytes) -> Markup:
    """A text file that the reader got, to be read here."""
    lines = content.decode("utf-8", "replace").splitlines()
    return html.fold(name, "\n".join(map(shown, lines)), unfolded=True)


def reached(solved: int, of: int) -> Markup:
    """How many drills are solved."""
    return html.note("done" if solved == of else "info", f"{solved} of {of} solved.")
