"""The inputs of the request form: how each is read into a plan and filled from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.pki.facts import EKU_NAMES, KEY_USAGE_FIELDS
from kvcsr_widgets.pki.plan import (
    DEFAULT_EKUS,
    MAX_MONTHS,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)

Values = dict[str, Any]
"""Members of a CertificatePlan by name."""

MAX_TEXT = 20_000
"""Characters that are read from a text area."""

MAX_TAG_LINES = 100
"""Lines that are read as tags; a certificate takes 15."""

FITTING, DEFAULT, CHOSEN = "fitting", "default", "chosen"
"""How a usage is asked for: what suits the key, nothing said, or what is ticked."""


@dataclass(frozen=True)
class Input:
    """One field of the form: the plan's members that it holds, its widgets, both directions.

    ``read`` gives the members; ``write`` shows those of a plan; ``watched`` are the widgets whose
    ``value`` a person changes.
    """

    members: tuple[str, ...]
    field: Field
    read: Callable[[], Values]
    write: Callable[[CertificatePlan], None]
    watched: tuple[w.Widget, ...]


def plain(member: str, box: w.DOMWidget, help_text: str = "") -> Input:
    """An input whose ``value`` is the plan's member itself."""

    def write(plan: CertificatePlan) -> None:
        box.value = getattr(plan, member)

    return Input((member,), Field(box, help_text), lambda: {member: box.value}, write, (box,))


def tick(member: str, label: str, help_text: str = "", *, value: bool = False) -> Input:
    """A yes or no."""
    box = w.Checkbox(
        value=value, description=label, indent=True, layout=layout.wide(), style=_label()
    )
    return plain(member, box, help_text)


def name() -> Input:
    """The certificate's name in the vault."""
    box = w.Text(description="Certificate name", placeholder="www-contoso-com", **_look())
    help_text = "Letters, digits and hyphens. It names the certificate in the vault."
    return replace(plain("name", box, help_text), read=lambda: {"name": box.value.strip()})


def validity() -> Input:
    """What is asked for; the CA decides."""
    box = w.BoundedIntText(
        value=6, min=1, max=MAX_MONTHS, description="Validity (months)", **_look()
    )
    return plain("validity_months", box)


def key() -> Input:
    """Type, size or curve, and whether the key lives in an HSM."""
    kind = w.Dropdown(description="Key type", options=["RSA", "EC", "RSA-HSM", "EC-HSM"], **_look())
    size = w.Dropdown(description="Size or curve", options=_sizes("RSA"), **_look())

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


def content_type() -> Input:
    """How the secret holds certificate and key."""
    options = [("PKCS #12 (.pfx)", ContentType.PKCS12), ("PEM", ContentType.PEM)]
    box = w.Dropdown(description="Content type", options=options, **_look())
    return plain("content_type", box, "The form in which applications read it as a secret.")


def key_usage(chosen_key: Callable[[], KeyChoice]) -> Input:
    """The key usages; ``chosen_key`` tells which key they have to suit."""
    options = [
        ("what suits the key", FITTING),
        ("say nothing: the vault's default", DEFAULT),
        ("as ticked", CHOSEN),
    ]
    mode = w.Dropdown(description="Key usage", options=options, **_look())
    ticks = {usage: _small_tick(usage) for usage in KEY_USAGE_FIELDS}
    boxes = w.Box(list(ticks.values()), layout=_flow())

    def show(_change: object = None) -> None:
        boxes.layout.display = "" if mode.value == CHOSEN else "none"

    def read() -> Values:
        chosen = tuple(usage for usage, box in ticks.items() if box.value)
        values = {FITTING: chosen_key().fitting_usage, DEFAULT: None, CHOSEN: chosen}
        return {"key_usage": values[mode.value]}

    def write(plan: CertificatePlan) -> None:
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
    mode = w.Dropdown(description="Extended key usage", options=options, **_look())
    ticks = {oid: _small_tick(name, value=oid in DEFAULT_EKUS) for oid, name in EKU_NAMES.items()}
    more = w.Text(description="Other OIDs", placeholder="1.3.6.1.4.1.311.20.2.2", **_look())
    boxes = w.VBox([w.Box(list(ticks.values()), layout=_flow()), more])

    def show(_change: object = None) -> None:
        boxes.layout.display = "" if mode.value == CHOSEN else "none"

    def read() -> Values:
        named = [oid for oid, box in ticks.items() if box.value]
        typed = more.value[:MAX_TEXT].replace(",", " ").split()
        chosen = tuple(dict.fromkeys([*named, *typed]))
        return {"ekus": chosen if mode.value == CHOSEN else None}

    def write(plan: CertificatePlan) -> None:
        for oid, box in ticks.items():
            box.value = oid in plan.expected_ekus
        more.value = " ".join(oid for oid in plan.expected_ekus if oid not in ticks)
        mode.value = DEFAULT if plan.ekus is None else CHOSEN

    watched = (*ticks.values(), more)
    return _usage(("ekus",), mode, boxes, show, read, write, watched)


def lifetime_action() -> Input:
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
        **_look(),
    )
    when = w.Dropdown(
        description="Trigger",
        options=[("at a percentage of the lifetime", "percent"), ("days before expiry", "days")],
        **_look(),
    )
    number = w.BoundedIntText(value=80, min=1, max=MAX_MONTHS * 27, description="Number", **_look())
    trigger = w.VBox([when, number])

    def show(_change: object = None) -> None:
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
            number.value = action.percentage or action.days_before_expiry or 80

    return _usage(("lifetime_action",), what, trigger, show, read, write, (when, number))


def certificate_type() -> Input:
    """What kind of certificate an integrated issuer shall make."""
    kinds = ["OV-SSL", "EV-SSL"]
    box = w.Combobox(description="Certificate type", options=kinds, **_look())
    return plain("certificate_type", box, "For DigiCert and GlobalSign alone.")


def transparency() -> Input:
    """Whether an integrated issuer shall log the certificate."""
    options = [("say nothing", None), ("log it", True), ("do not log it", False)]
    box = w.Dropdown(description="Transparency", options=options, **_look())
    return plain(
        "transparency", box, "Certificate transparency logs, for DigiCert and GlobalSign alone."
    )


def tags() -> Input:
    """Tags, one a line."""
    box = w.Textarea(
        description="Tags", placeholder="owner=web team\nticket=1234", rows=2, **_look()
    )

    def read() -> Values:
        lines = box.value[:MAX_TEXT].splitlines()[:MAX_TAG_LINES]
        pairs = (line.partition("=") for line in lines if line.strip())
        return {"tags": {name.strip(): value.strip() for name, _, value in pairs}}

    def write(plan: CertificatePlan) -> None:
        box.value = "\n".join(f"{name}={value}" for name, value in plan.tags.items())

    help_text = "One name=value a line. Tags are no secret: whoever may list them reads them."
    return Input(("tags",), Field(box, help_text), read, write, (box,))


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


def _sizes(kind: str) -> list[tuple[str, KeyChoice]]:
    wanted = kind.removesuffix("-HSM")
    return [
        (f"{choice.bits} bits" if choice.curve is None else choice.curve, choice)
        for choice in KeyChoice
        if choice.kind == wanted
    ]


def _small_tick(label: str, *, value: bool = False) -> w.Checkbox:
    return w.Checkbox(value=value, description=label, indent=False, layout=w.Layout(width="auto"))


def _flow() -> w.Layout:
    return w.Layout(flex_flow="row wrap", margin="0 0 0 158px")


def _label() -> Mapping[str, str]:
    return layout.label_style()


def _look() -> dict[str, Any]:
    return {"layout": layout.wide(), "style": layout.label_style()}
