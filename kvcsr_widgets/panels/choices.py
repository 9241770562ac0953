"""The inputs of the request form that are choices: issuer, key, usages, lifetime action."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.panels.inputs import MAX_TEXT, Input, Values, look, plain
from kvcsr_widgets.panels.number import WholeNumber
from kvcsr_widgets.pki.facts import EKU_NAMES, KEY_USAGE_FIELDS
from kvcsr_widgets.pki.plan import (
    DEFAULT_EKUS,
    MAX_MONTHS,
    SELF,
    UNKNOWN,
    Action,
    CertificatePlan,
    KeyChoice,
    LifetimeAction,
)

FITTING, DEFAULT, CHOSEN = "fitting", "default", "chosen"
"""How a usage is asked for: what suits the key, nothing said, or what is ticked."""

_SEPARATORS = re.compile(r"[,;]")
_ISSUERS = (
    (UNKNOWN, "a CA outside the vault signs a CSR (Unknown)"),
    (SELF, "the vault itself, self-signed (Self)"),
)


class Issuer:
    """Who signs; what the vault offers comes later."""

    def __init__(self) -> None:
        self._known: tuple[str, ...] | None = None
        self.box = w.Dropdown(description="Issuer", **look())
        self.offer(None)
        self.input = replace(plain("issuer", self.box), write=lambda plan: self.choose(plan.issuer))

    def offer(self, known: tuple[str, ...] | None) -> None:
        """Offer the issuers that the vault has; None where that is not known."""
        self._known = known
        self.choose(self.box.value or UNKNOWN)

    def choose(self, issuer: str) -> None:
        """Choose an issuer, be it one that the vault does not have."""
        options = dict(_ISSUERS) | {name: name for name in self._known or ()}
        fitting = next((name for name in options if name.lower() == issuer.lower()), issuer)
        if fitting not in options:
            there = "" if self._known is None else " (this vault has no such issuer)"
            options[fitting] = fitting + there
        wanted = tuple((label, name) for name, label in options.items())
        if self.box.options != wanted:
            self.box.options = wanted
        self.box.value = fitting


def key() -> Input:
    """Type, size or curve, and whether the key lives in an HSM."""
    kind = w.Dropdown(description="Key type", options=["RSA", "EC", "RSA-HSM", "EC-HSM"], **look())
    size = w.Dropdown(description="Size or curve", options=_sizes("RSA"), **look())

    def offer(_change: object = None) -> None:
        size.options = _sizes(kind.value)  # the first of them is chosen

    def write(plan: CertificatePlan) -> None:
        kind.value = plan.key.kind + ("-HSM" if plan.hsm else "")
        size.value = plan.key

    def read() -> Values:
        return {"key": size.value, "hsm": kind.value.endswith("-HSM")}

    kind.observe(offer, "value")
    both = Field(w.VBox([kind, size]), first=kind)
    return Input(("key", "hsm"), both, read, write, (kind, size))


def key_usage(chosen_key: Callable[[], KeyChoice]) -> Input:
    """The key usages; ``chosen_key`` tells which key they have to suit."""
    options = [
        ("what suits the key", FITTING),
        ("say nothing: the vault's default", DEFAULT),
        ("as ticked", CHOSEN),
    ]
    mode = w.Dropdown(description="Key usage", options=options, **look())
    ticks = {usage: _small_tick(usage) for usage in KEY_USAGE_FIELDS}
    boxes = w.Box(list(ticks.values()), layout=layout.flow())

    def show(_change: object = None) -> None:
        boxes.layout.display = "" if mode.value == CHOSEN else "none"

    shown: list[tuple[str, ...]] = []

    def read() -> Values:
        chosen = _kept(tuple(usage for usage, box in ticks.items() if box.value), shown)
        values = {FITTING: chosen_key().fitting_usage, DEFAULT: None, CHOSEN: chosen}
        return {"key_usage": values[mode.value]}

    def write(plan: CertificatePlan) -> None:
        shown[:] = [plan.expected_key_usage]
        wanted = {usage.lower() for usage in plan.expected_key_usage}
        for usage, box in ticks.items():
            box.value = usage.lower() in wanted
        fits = plan.key_usage == plan.key.fitting_usage
        mode.value = DEFAULT if plan.key_usage is None else FITTING if fits else CHOSEN

    return _usage(("key_usage",), mode, boxes, show, read, write, tuple(ticks.values()))


def ekus() -> Input:
    """The extended key usages, by name or as OIDs."""
    options = [
        ("say nothing: the vault's default (server and client authentication)", DEFAULT),
        ("as ticked", CHOSEN),
    ]
    mode = w.Dropdown(description="Extended key usage", options=options, **look())
    ticks = {oid: _small_tick(name, value=oid in DEFAULT_EKUS) for oid, name in EKU_NAMES.items()}
    more = w.Text(description="Other OIDs", placeholder="1.3.6.1.4.1.311.20.2.2", **look())
    boxes = w.VBox([w.Box(list(ticks.values()), layout=layout.flow()), more])

    def show(_change: object = None) -> None:
        boxes.layout.display = "" if mode.value == CHOSEN else "none"

    shown: list[tuple[str, ...]] = []

    def read() -> Values:
        named = [oid for oid, box in ticks.items() if box.value]
        typed = _SEPARATORS.sub(" ", more.value[:MAX_TEXT]).split()
        chosen = _kept(tuple(dict.fromkeys([*named, *typed])), shown)
        return {"ekus": chosen if mode.value == CHOSEN else None}

    def write(plan: CertificatePlan) -> None:
        shown[:] = [plan.expected_ekus]
        for oid, box in ticks.items():
            box.value = oid in plan.expected_ekus
        more.value = " ".join(oid for oid in plan.expected_ekus if oid not in ticks)
        mode.value = DEFAULT if plan.ekus is None else CHOSEN

    watched = (*ticks.values(), more)
    return _usage(("ekus",), mode, boxes, show, read, write, watched)


def trigger_number() -> WholeNumber:
    """The percentage, or the days."""
    return WholeNumber("lifetime_action", 80, MAX_MONTHS * 27, description="Number", **look())


def lifetime_action(number: WholeNumber) -> Input:
    """What the vault does late in the certificate's life, and when."""
    what = w.Dropdown(
        description="Lifetime action",
        options=[
            (
                "the vault's default: at 80 % of the lifetime, e-mail or renew",
                "",
            ),
            ("e-mail the vault's contacts", Action.EMAIL.value),
            ("renew (only with an issuer that the vault knows)", Action.RENEW.value),
        ],
        **look(),
    )
    when = w.Dropdown(
        description="Trigger",
        options=[("at a percentage of the lifetime", "percent"), ("days before expiry", "days")],
        **look(),
    )
    trigger = w.VBox([when, number.box])

    def show(_change: object = None) -> None:
        number.asked = bool(what.value)
        trigger.layout.display = "" if what.value else "none"

    def read() -> Values:
        percent, count = when.value == "percent", number.value
        action = what.value and LifetimeAction(
            Action(what.value), count if percent else None, None if percent else count
        )
        return {"lifetime_action": action or None}

    def write(plan: CertificatePlan) -> None:
        action = plan.lifetime_action
        what.value = action.action.value if action else ""
        if action:
            when.value = "percent" if action.percentage is not None else "days"
            number.put(action.percentage or action.days_before_expiry or 80)

    return _usage(("lifetime_action",), what, trigger, show, read, write, (when, number.box))


def _usage(
    members: tuple[str, ...],
    mode: w.Dropdown,
    boxes: w.Widget,
    show: Callable[..., None],
    read: Callable[[], Values],
    write: Callable[[CertificatePlan], None],
    watched: tuple[w.Widget, ...],
) -> Input:
    """A choice that opens further widgets."""
    mode.observe(show, "value")
    show()
    both = Field(w.VBox([mode, boxes]), first=mode)
    return Input(members, both, read, write, (mode, *watched))


def _kept(chosen: tuple[str, ...], shown: list[tuple[str, ...]]) -> tuple[str, ...]:
    """What was shown, in its own order and spelling, where the same is chosen still."""
    same = (each for each in shown if _lowered(each) == _lowered(chosen))
    return next(same, chosen)


def _lowered(words: tuple[str, ...]) -> set[str]:
    return {word.lower() for word in words}


def _sizes(kind: str) -> list[tuple[str, KeyChoice]]:
    wanted = kind.removesuffix("-HSM")
    return [
        (f"{choice.bits} bits" if choice.curve is None else choice.curve, choice)
        for choice in KeyChoice
        if choice.kind == wanted
    ]


def _small_tick(label: str, *, value: bool = False) -> w.Checkbox:
    return w.Checkbox(value=value, description=label, indent=False, layout=w.Layout(width="auto"))
