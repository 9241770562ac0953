"""The inputs of the request form: how each is read into a plan and filled from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

import ipywidgets as w

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.panels.number import WholeNumber
from kvcsr_widgets.pki import lifetimes
from kvcsr_widgets.pki.plan import MAX_MONTHS, CertificatePlan, ContentType

Values = dict[str, Any]
"""Members of a CertificatePlan by name."""

MAX_TEXT = 20_000
"""Characters that are read from a text area."""

MAX_TAG_LINES = 100
"""Lines that are read as tags; a certificate takes 15."""


class Place(Protocol):
    """Where an input stands, with what is said about it: a Field or an editor."""

    @property
    def problem(self) -> Problem | None:
        """What is shown as wrong."""

    def show(self, problem: Problem | None, advice: Problem | None = None) -> None:
        """Say what is wrong, or what to think of, or nothing."""

    def focus(self) -> None:
        """Put the cursor into the input."""


@dataclass(frozen=True)
class Input:
    """One field of the form: the plan's members that it holds, its widgets, both directions.

    ``read`` gives the members; ``write`` shows those of a plan; ``watched`` are the widgets whose
    ``value`` a person changes.
    """

    members: tuple[str, ...]
    field: Place
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
        value=value,
        description=label,
        indent=True,
        layout=layout.wide(),
        style=layout.label_style(),
    )
    return plain(member, box, help_text)


def name() -> Input:
    """The certificate's name in the vault."""
    box = w.Text(description="Certificate name", placeholder="www-contoso-com", **look())
    help_text = "Letters, digits and hyphens. It names the certificate in the vault."
    return replace(plain("name", box, help_text), read=lambda: {"name": box.value.strip()})


def months() -> WholeNumber:
    """How many months a certificate shall be valid."""
    return WholeNumber("validity_months", 6, MAX_MONTHS, description="Validity (months)", **look())


def validity(number: WholeNumber) -> Input:
    """What is asked for, against what public CAs may issue; the CA decides."""
    field = Field(number.box)

    def tell(_change: object = None) -> None:
        known = 1 <= number.value <= MAX_MONTHS
        field.tell(lifetimes.in_words(number.value, datetime.now(UTC).date()) if known else "")

    def write(plan: CertificatePlan) -> None:
        number.put(plan.validity_months)

    number.box.observe(tell, "value")
    tell()
    return Input(
        ("validity_months",),
        field,
        lambda: {"validity_months": number.value},
        write,
        (number.box,),
    )


def content_type() -> Input:
    """How the secret holds certificate and key."""
    options = [("PKCS #12 (.pfx)", ContentType.PKCS12), ("PEM", ContentType.PEM)]
    box = w.Dropdown(description="Content type", options=options, **look())
    return plain("content_type", box, "The form in which applications read it as a secret.")


def certificate_type() -> Input:
    """What kind of certificate an integrated issuer shall make."""
    kinds = ["OV-SSL", "EV-SSL"]
    box = w.Combobox(description="Certificate type", options=kinds, **look())
    return plain("certificate_type", box, "For DigiCert and GlobalSign alone.")


def transparency() -> Input:
    """Whether an integrated issuer shall log the certificate."""
    options = [("say nothing", ""), ("log it", "yes"), ("do not log it", "no")]
    values = {"": None, "yes": True, "no": False}
    box = w.Dropdown(description="Transparency", options=options, **look())

    def write(plan: CertificatePlan) -> None:
        box.value = next(word for word, said in values.items() if said is plan.transparency)

    help_text = "Certificate transparency logs, for DigiCert and GlobalSign alone."
    return Input(
        ("transparency",),
        Field(box, help_text),
        lambda: {"transparency": values[box.value]},
        write,
        (box,),
    )


class Tags:
    """Tags, one a line."""

    def __init__(self) -> None:
        self.box = w.Textarea(
            description="Tags", placeholder="owner=web team\nticket=1234", rows=3, **look()
        )
        self._shown: dict[str, dict[str, str]] = {}  # what lines cannot say stays as it was
        help_text = "One name=value a line. Tags are no secret: whoever may list them reads them."
        self.input = Input(
            ("tags",), Field(self.box, help_text), self._read, self._write, (self.box,)
        )

    def problems(self) -> Iterator[Problem]:
        """What in the lines would be lost."""
        if self.box.value in self._shown:
            return
        names = [name for name, _value in self._pairs()]
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                yield Problem("tags", f"The tag “{name[:40]}” is there {names.count(name)} times.")
        if len(self.box.value) > MAX_TEXT or len(self.box.value.splitlines()) > MAX_TAG_LINES:
            yield Problem("tags", "This is too long for tags; Key Vault takes 15.")

    def _pairs(self) -> list[tuple[str, str]]:
        lines = self.box.value[:MAX_TEXT].splitlines()[:MAX_TAG_LINES]
        parts = (line.partition("=") for line in lines if line.strip())
        return [(name.strip(), value.strip()) for name, _, value in parts]

    def _read(self) -> Values:
        if self.box.value in self._shown:
            return {"tags": dict(self._shown[self.box.value])}
        return {"tags": dict(self._pairs())}

    def _write(self, plan: CertificatePlan) -> None:
        self._shown.clear()
        self.box.value = "\n".join(f"{name}={value}" for name, value in plan.tags.items())
        self._shown[self.box.value] = dict(plan.tags)


def look() -> dict[str, Any]:
    """Layout and style of an input."""
    return {"layout": layout.wide(), "style": layout.label_style()}
