"""Every panel in each of its states: made without a browser, for pictures and for tests alike.

A scene more is a function and a line in ``SCENES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from kvcsr_widgets import panels
from kvcsr_widgets.panels import Desk
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.connect import REAL
from kvcsr_widgets.panels.export import Exports
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.runbook.rows import Action
from kvcsr_widgets.runbook.standing import Step
from kvcsr_widgets.runbook.steps import StepState
from tests.panels.uploads import choose
from tests.screenshots import desks
from tests.screenshots.desks import (
    NAME,
    PLAN,
    asked,
    failed,
    full,
    merged,
    opened,
    real,
    refused,
    vault_of,
)

MISMATCH = (
    "The public key of the end-entity certificate in the specified X.509 certificate content does "
    "not match the public part of the specified private key. Please check if certificate is valid."
)
EMPTY: dict[str, str] = {}
DIGICERT = {
    "name": "DigiCertCA",
    "provider": "DigiCert",
    "account_id": "12345",
    "password": "a practice key",
    "organization_id": "54321",
}


class Panel(Protocol):
    card: Card


@dataclass(frozen=True)
class Scene:
    """A panel in one case: ``make`` gets an empty folder; ``state`` is its chip's or None."""

    panel: str
    case: str
    make: Callable[[Path], Panel]
    state: StepState | None

    @property
    def name(self) -> str:
        return f"{self.panel}-{self.case}"


def connect_to(url: str) -> panels.ConnectPanel:
    panel = panels.ConnectPanel(Desk(), step=1)
    panel.where.value, panel.url.value = REAL, url
    return panel


def connect_failed(_folder: Path) -> Panel:
    panel = connect_to("https://contoso.example")
    panel.submit()
    return panel


def form(desk: Desk, **typed: str) -> panels.RequestForm:
    """The request form with some fields typed in."""
    panel = panels.RequestForm(desk, step=2)
    for name, text in typed.items():
        panel.fields.inputs[name].watched[0].value = text
    return panel


def form_filled(desk: Desk) -> panels.RequestForm:
    panel = form(desk, name=NAME, subject=PLAN.subject, names="www.contoso.com\ncontoso.com")
    panel.fields.inputs["key"].watched[0].value = "EC"
    return panel


def form_with_errors(folder: Path) -> Panel:
    panel = form(opened(folder), name="www.contoso.com", subject="CN=a, O=Contoso, Inc.", names="*")
    panel.submit()
    return panel


def form_sent(folder: Path) -> Panel:
    panel = form_filled(opened(folder))
    panel.submit()
    return panel


def form_of_a_new_version(folder: Path) -> Panel:
    panel = form_filled(merged(folder))
    panel.submit()
    return panel


def csr_taken(folder: Path) -> Panel:
    panel = panels.CsrPanel(asked(folder), step=3)
    panel.file.download.saved += 1
    return panel


def signed(folder: Path, *, mistake: str = "") -> Panel:
    panel = panels.SignPanel(asked(folder), step=4)
    panel.reply.choice.value = mistake
    panel.submit()
    return panel


def merging(desk: Desk, *files: tuple[str, bytes]) -> panels.MergePanel:
    panel = panels.MergePanel(desk, step=5)
    if files:
        choose(panel.input.upload, *files)
    return panel


def merging_wrong(folder: Path, mistake: str) -> Panel:
    desk = asked(folder)
    return merging(desk, desks.wrong(desk, mistake))


def merging_right(folder: Path) -> panels.MergePanel:
    desk = asked(folder)
    return merging(desk, (f"{NAME}.p7b", desks.reply(desk)))


def merge_done(folder: Path) -> Panel:
    panel = merging_right(folder)
    panel.submit()
    return panel


def table_selected(folder: Path, action: Action) -> Panel:
    """The table with two rows selected, and one action chosen."""
    desk = full(folder)
    table = panels.VaultTable(desk)
    host = vault_of(desk).host
    table.sheet.select((Key(host, "refused"), Key(host, "w000001")))
    bar = table.tools[0].bar
    bar.choice.value = action
    return table


def giving_up(desk: Desk, step: Step | None = None) -> panels.OperationPanel:
    panel = panels.OperationPanel(desk)
    if step is not None:
        panel.go(step)
    return panel


def finding(desk: Desk, *files: tuple[str, bytes], merge: bool = False) -> panels.HomeFinder:
    panel = panels.HomeFinder(desk)
    if files:
        choose(panel.where.upload, *files)
        panel.submit()
    if merge:
        panel.merge()
    return panel


def finding_some(folder: Path, *, merge: bool = False) -> Panel:
    desk = asked(folder)
    desk.add(vault_of(desk).create(replace(PLAN, name="api")))
    files = (("web.p7b", desks.reply(desk)), ("api.p7b", desks.reply(desk, "api")))
    return finding(desk, *files, ("notes.txt", b"hello"), merge=merge)


def issuers(desk: Desk, typed: Mapping[str, str] = EMPTY, *, save: bool = False) -> Panel:
    panel = panels.IssuersPanel(desk)
    for name, text in typed.items():
        getattr(panel.form, name).value = text
    if save:
        panel.submit()
    return panel


def contacts(desk: Desk, *mails: str, save: bool = False) -> Panel:
    panel = panels.ContactsPanel(desk)
    for mail in mails:
        panel.people.add()
        panel.people.rows[-1].boxes["email"].value = mail
    if save:
        panel.submit()
    return panel


def deleted(folder: Path, *, purge: bool = False) -> Panel:
    desk = merged(folder)
    vault_of(desk).delete(NAME)
    panel = panels.DeletedCertificates(desk)
    panel.submit()
    if purge:
        panel.choice.value = (NAME,)
        panel.bar.choice.value = Action.PURGE
    return panel


def sheet(desk: Desk) -> Sheet:
    found = Sheet()
    found.vaults = {vault_of(desk).host: vault_of(desk)}
    found.inventory = load(vault_of(desk))
    return found


def watching(folder: Path, *, begun: bool) -> Panel:
    desk = full(folder)
    panel = panels.WatchPanel(desk, sheet(desk))
    if begun:
        panel.submit()
    return panel


def exported(folder: Path) -> Panel:
    panel = Exports(sheet(full(folder)))
    panel.submit()
    return panel


def explained(text: str) -> Panel:
    panel = panels.TroublePanel()
    panel.text.value = text
    panel.submit()
    return panel


TO_DO, READY, WAITING, DONE, BLOCKED = StepState


def _of(panel: str, *cases: tuple[str, StepState | None, Callable[[Path], Any]]) -> list[Scene]:
    return [Scene(panel, case, make, state) for case, state, make in cases]


SCENES: tuple[Scene, ...] = (
    *_of(
        "connect",
        ("ready", READY, lambda _: panels.ConnectPanel(Desk(), step=1)),
        ("real", READY, lambda _: connect_to("https://contoso.vault.azure.net")),
        ("failed", READY, connect_failed),
        ("done", DONE, lambda f: panels.ConnectPanel(asked(f), step=1)),
    ),
    *_of(
        "request",
        ("closed", TO_DO, lambda _: form(Desk())),
        ("empty", TO_DO, lambda f: form(opened(f))),
        ("errors", BLOCKED, form_with_errors),
        ("taken", BLOCKED, lambda f: form_filled(asked(f))),
        ("ready", READY, lambda f: form_filled(opened(f))),
        ("version", READY, form_of_a_new_version),
        ("done", DONE, form_sent),
    ),
    *_of(
        "csr",
        ("closed", TO_DO, lambda _: panels.CsrPanel(Desk(), step=3)),
        ("none", TO_DO, lambda f: panels.CsrPanel(opened(f), step=3)),
        ("ready", READY, lambda f: panels.CsrPanel(asked(f), step=3)),
        ("taken", WAITING, csr_taken),
        ("failed", BLOCKED, lambda f: panels.CsrPanel(failed(f), step=3)),
        ("done", DONE, lambda f: panels.CsrPanel(merged(f), step=3)),
    ),
    *_of(
        "sign",
        ("closed", TO_DO, lambda _: panels.SignPanel(Desk(), step=4)),
        ("none", TO_DO, lambda f: panels.SignPanel(opened(f), step=4)),
        ("real", TO_DO, lambda _: panels.SignPanel(real(), step=4)),
        ("ready", READY, lambda f: panels.SignPanel(asked(f), step=4)),
        ("done", DONE, signed),
        ("wrong", DONE, lambda f: signed(f, mistake="names-dropped")),
    ),
    *_of(
        "merge",
        ("closed", TO_DO, lambda _: merging(Desk())),
        ("none", TO_DO, lambda f: merging(opened(f))),
        ("waiting", WAITING, lambda f: merging(asked(f))),
        ("unreadable", BLOCKED, lambda f: merging(asked(f), ("notes.txt", b"hello"))),
        ("mismatch", BLOCKED, lambda f: merging_wrong(f, "wrong-key")),
        ("tick", BLOCKED, lambda f: merging_wrong(f, "names-dropped")),
        ("ready", READY, merging_right),
        ("failed", BLOCKED, lambda f: merging(failed(f))),
        ("done", DONE, merge_done),
    ),
    *_of(
        "home",
        ("closed", TO_DO, lambda _: finding(Desk())),
        ("none", TO_DO, lambda f: finding(opened(f))),
        ("found", READY, finding_some),
        ("nobodys", BLOCKED, lambda f: finding(asked(f), ("notes.txt", b"hello"))),
        ("done", DONE, lambda f: finding_some(f, merge=True)),
    ),
    *_of(
        "table",
        ("closed", TO_DO, lambda _: panels.VaultTable(Desk())),
        ("empty", DONE, lambda f: panels.VaultTable(opened(f))),
        ("read", DONE, lambda f: panels.VaultTable(full(f))),
        ("light", DONE, lambda f: panels.VaultTable(full(f), light=True)),
        ("cancel", DONE, lambda f: table_selected(f, Action.CANCEL)),
        ("delete", DONE, lambda f: table_selected(f, Action.DELETE_REQUEST)),
        ("forbidden", BLOCKED, lambda f: panels.VaultTable(refused(f))),
    ),
    *_of(
        "export",
        ("closed", TO_DO, lambda _: Exports(Sheet())),
        ("ready", READY, lambda f: Exports(sheet(full(f)))),
        ("done", DONE, exported),
    ),
    *_of(
        "operation",
        ("closed", TO_DO, lambda _: giving_up(Desk())),
        ("none", TO_DO, lambda f: giving_up(opened(f))),
        ("ready", READY, lambda f: giving_up(asked(f))),
        ("failed", READY, lambda f: giving_up(failed(f))),
        ("done", DONE, lambda f: giving_up(asked(f), Step.CANCEL)),
    ),
    *_of(
        "deleted",
        ("closed", TO_DO, lambda _: panels.DeletedCertificates(Desk())),
        ("ready", READY, lambda f: panels.DeletedCertificates(opened(f))),
        ("listed", DONE, deleted),
        ("purge", DONE, lambda f: deleted(f, purge=True)),
    ),
    *_of(
        "watch",
        ("closed", TO_DO, lambda _: panels.WatchPanel(Desk(), Sheet())),
        ("ready", READY, lambda f: watching(f, begun=False)),
        ("waiting", WAITING, lambda f: watching(f, begun=True)),
    ),
    *_of(
        "pictures",
        ("closed", None, lambda _: panels.InventoryPictures(Sheet())),
        ("drawn", None, lambda f: panels.InventoryPictures(sheet(full(f)))),
    ),
    *_of(
        "issuers",
        ("closed", TO_DO, lambda _: issuers(Desk())),
        ("none", TO_DO, lambda f: issuers(opened(f))),
        ("filled", READY, lambda f: issuers(opened(f), DIGICERT)),
        ("errors", BLOCKED, lambda f: issuers(opened(f), {"name": "my CA"}, save=True)),
        ("forbidden", BLOCKED, lambda f: issuers(refused(f))),
        ("done", DONE, lambda f: issuers(opened(f), DIGICERT, save=True)),
    ),
    *_of(
        "contacts",
        ("closed", TO_DO, lambda _: contacts(Desk())),
        ("none", TO_DO, lambda f: contacts(opened(f))),
        ("edited", READY, lambda f: contacts(opened(f), "pki@contoso.com")),
        ("errors", BLOCKED, lambda f: contacts(opened(f), "nobody", save=True)),
        ("done", DONE, lambda f: contacts(opened(f), "pki@contoso.com", save=True)),
    ),
    *_of(
        "trouble",
        ("empty", None, lambda _: panels.TroublePanel()),
        ("known", None, lambda _: explained(MISMATCH)),
        ("unknown", None, lambda _: explained("Something went wrong in a way nobody knows")),
    ),
)
