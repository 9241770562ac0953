"""The steps in Azure CLI, as its version 2.91 reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kvcsr_widgets.pki import policy_json
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.commands import shells, steps
from kvcsr_widgets.runbook.commands.place import Place
from kvcsr_widgets.runbook.commands.shells import Az, Statement
from kvcsr_widgets.vault.issuers import Issuer


@dataclass(frozen=True, slots=True)
class CliScript:
    """What to run, and what to know of it."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...] = ()


_REST_NOTE = "So az rest sends the request as it is. It waits for no issuer."


def script(step: steps.Step, place: Place) -> CliScript:
    """The step for Azure CLI, in any shell."""
    return _WRITERS[type(step)](step, place)


def _certificate(place: Place, command: str, name: str, *more: str) -> Az:
    return Az(
        (
            *("keyvault", "certificate", *command.split()),
            *("--vault-name", place.name),
            *([f"--name={name}"] if name.startswith("-") else ["--name", name]),
            *more,
        )
    )


def _rest(place: Place, method: str, path: str, *body: str) -> Az:
    address = ("--url", place.rest(path), "--resource", place.resource)
    return Az(("rest", "--method", method, *address, *body))


def _sign_in(_step: steps.SignIn, place: Place) -> CliScript:
    cloud = (Az(("cloud", "set", "--name", place.cloud)),) if place.authority else ()
    return CliScript(
        (*cloud, Az(("login",))),
        ("On a machine without a browser: az login --use-device-code.",),
    )


def _create(step: steps.Create, place: Place) -> CliScript:
    plan = step.plan
    lost = _not_said(plan)
    if lost:
        return CliScript(_create_by_rest(plan, place), (*lost, _REST_NOTE))
    filename = f"{steps.stem(plan.name)}-policy.json"
    more = [] if plan.enabled else ["--disabled", "true"]
    if plan.tags:
        more += ["--tags", *(f"{name}={value}" for name, value in plan.tags.items())]
    made = _certificate(place, "create", plan.name, "--policy", f"@{filename}", *more)
    waits = () if plan.by_hand else ("az waits until the issuer has answered.",)
    return CliScript((shells.WriteJson(filename, policy_json.for_cli(plan)), made), waits)


def _create_by_rest(plan: CertificatePlan, place: Place) -> tuple[Statement, ...]:
    filename = f"{steps.stem(plan.name)}-create.json"
    body = ("--body", f"@{filename}")
    return (
        shells.WriteJson(filename, policy_json.for_create(plan)),
        _rest(place, "post", f"{plan.name}/create", *body),
    )


def _not_said(plan: CertificatePlan) -> tuple[str, ...]:
    """What ``az keyvault certificate create`` cannot say of this plan, one sentence each."""
    lost = list(policy_json.cli_losses(plan))
    for name, value in plan.tags.items():
        given = f"{name}={value}"
        if "=" in name or name.startswith("-") or not shells.goes_as_it_is(given):
            lost.append(f"The tag “{name}” reaches az unchanged in a file alone.")
    return tuple(lost)


def _new_version(step: steps.NewVersion, place: Place) -> CliScript:
    made = _create(steps.Create(step.plan), place)
    trap = (
        "Never renew with az keyvault certificate get-default-policy, as a sample of the "
        "documentation does: its issuer is Self, and no CA would sign.",
    )
    return CliScript(made.statements, (*made.notes, *trap))


def _show_operation(step: steps.ShowOperation, place: Place) -> CliScript:
    return CliScript((_certificate(place, "pending show", step.name),))


def _download_csr(step: steps.DownloadCsr, place: Place) -> CliScript:
    shown = _certificate(place, "pending show", step.name, "--query", "csr", "--output", "tsv")
    return CliScript(
        (shells.SaveCsr(shown.arguments, f"{steps.stem(step.name)}.csr"),),
        ("az prints the CSR as bare base64; the lines around it make a PEM file of it.",),
    )


def _merge(step: steps.Merge, place: Place) -> CliScript:
    """``pending merge`` reads text and takes its CERTIFICATE blocks, nothing else."""
    before: list[Statement] = []
    source, stem = step.filename, steps.stem(step.name)
    if not steps.is_plain_file(source):
        before.append(shells.CopyFile(source, f"{stem}-reply"))
        source = f"{stem}-reply"
    notes = []
    if step.form is not steps.Form.PEM:
        before.append(shells.ToPem(source, f"{stem}-merge.pem", step.form))
        source = f"{stem}-merge.pem"
        notes.append(_MERGE_NOTES[step.form])
    if step.form in (steps.Form.PKCS7_DER, steps.Form.PKCS7_PEM):
        notes.append(
            "A .p7b keeps no order: if the vault finds no leaf, put the block of your own "
            "certificate at the top of the file."
        )
    merged = _certificate(place, "pending merge", step.name, "--file", source)
    return CliScript((*before, merged), tuple(notes))


_PKCS7_NOTE = (
    "az finds no certificate in a .p7b and sends an empty list (“X5C must has at least one valid "
    "item”), so the certificates are taken out first."
)
_MERGE_NOTES = {
    steps.Form.DER: "az reads text alone: for a binary .cer it ends in UnicodeDecodeError, so the "
    "file is written as PEM first.",
    steps.Form.PKCS7_DER: _PKCS7_NOTE,
    steps.Form.PKCS7_PEM: _PKCS7_NOTE,
}


def _cancel(step: steps.Cancel, place: Place) -> CliScript:
    filename = f"{steps.stem(step.name)}-cancel.json"
    patch = _rest(place, "patch", f"{step.name}/pending", "--body", f"@{filename}")
    return CliScript(
        (shells.WriteJson(filename, {"cancellation_requested": True}), patch),
        (
            "az keyvault certificate pending has no cancel, only delete, which takes the key with "
            "it; az rest asks the vault itself.",
        ),
    )


def _delete_operation(step: steps.DeleteOperation, place: Place) -> CliScript:
    return CliScript(
        (_certificate(place, "pending delete", step.name),),
        ("The key is lost with the request. az does not ask before it deletes.",),
    )


def _list(step: steps.ListCertificates, place: Place) -> CliScript:
    pending = ("--include-pending", "true") if step.pending else ()
    listed = Az(("keyvault", "certificate", "list", "--vault-name", place.name, *pending))
    lost = (
        "In a vault with more than 25 certificates, requests may be missing from the second page "
        "on (azure-sdk-for-python issue 38589).",
    )
    return CliScript((listed,), lost if step.pending else ())


def _show(step: steps.ShowCertificate, place: Place) -> CliScript:
    return CliScript((_certificate(place, "show", step.name),))


def _show_policy(step: steps.ShowPolicy, place: Place) -> CliScript:
    shown = _certificate(place, "show", step.name, "--query", "policy")
    return CliScript((shown,), ("az shows neither IP addresses nor URIs of a policy.",))


def _delete(step: steps.DeleteCertificate, place: Place) -> CliScript:
    return CliScript((_certificate(place, "delete", step.name),), ("az does not ask first.",))


def _recover(step: steps.RecoverCertificate, place: Place) -> CliScript:
    return CliScript((_certificate(place, "recover", step.name),))


def _purge(step: steps.PurgeCertificate, place: Place) -> CliScript:
    return CliScript(
        (_certificate(place, "purge", step.name),),
        ("Nothing brings it back. az does not ask first.",),
    )


def _issuer(place: Place, command: str, name: str, *more: str, secret: str = "") -> Az:
    issuer = [f"--issuer-name={name}"] if name.startswith("-") else ["--issuer-name", name]
    start = ("keyvault", "certificate", "issuer", *command.split(), "--vault-name", place.name)
    return Az((*start, *issuer, *more), secret)


def _set_issuer(step: steps.SetIssuer, place: Place) -> CliScript:
    issuer, files = step.issuer, f"{steps.stem(step.issuer.name)}-"
    values = {"--provider-name": issuer.provider, "--account-id": issuer.account_id}
    if not issuer.admins:
        values["--organization-id"] = issuer.organization_id
    writes, more = shells.options(values, files)
    notes: tuple[str, ...] = ()
    if step.keep_password:
        enabled = "true" if issuer.enabled else "false"
        saved = _issuer(place, "update", issuer.name, *more, "--enabled", enabled)
    else:
        more += [] if issuer.enabled else ["--disabled", "true"]
        more += ["--password", "@-"]
        saved = _issuer(place, "create", issuer.name, *more, secret=issuer.password_noun)
        notes = (
            "az reads the password from its standard input, where no other process sees it. On "
            "Windows it arrives unchanged if it is ASCII.",
        )
    if not issuer.admins:
        return CliScript((*writes, saved), notes)
    filename = f"{files}organization.json"
    body = ("--body", f"@{filename}")
    patch = _rest(place, "patch", f"issuers/{issuer.name}", *body)
    return CliScript(
        (*writes, shells.WriteJson(filename, _organization(issuer)), saved, patch),
        (
            *notes,
            "az keyvault certificate issuer admin add leaves the organization ID out of what it "
            "sends, so az rest sets it and the administrators at once.",
        ),
    )


def _organization(issuer: Issuer) -> dict[str, object]:
    admins = [
        {
            "first_name": admin.first_name,
            "last_name": admin.last_name,
            "email": admin.email,
            "phone": admin.phone,
        }
        for admin in issuer.admins
    ]
    details: dict[str, object] = {
        "admin_details": [{key: said for key, said in each.items() if said} for each in admins]
    }
    if issuer.organization_id:
        details["id"] = issuer.organization_id
    return {"org_details": details}


def _remove_issuer(step: steps.RemoveIssuer, place: Place) -> CliScript:
    return CliScript((_issuer(place, "delete", step.name),), ("az does not ask first.",))


def _set_contacts(step: steps.SetContacts, place: Place) -> CliScript:
    if not step.contacts:
        return CliScript((_rest(place, "delete", "contacts"),))
    filename = "contacts.json"
    put = _rest(place, "put", "contacts", "--body", f"@{filename}")
    return CliScript(
        (shells.WriteJson(filename, steps.contacts_json(step)), put),
        ("az keyvault certificate contact adds one at a time; this sets the whole list.",),
    )


_WRITERS: dict[type[steps.Step], Callable[[Any, Place], CliScript]] = {
    steps.SignIn: _sign_in,
    steps.Create: _create,
    steps.NewVersion: _new_version,
    steps.ShowOperation: _show_operation,
    steps.DownloadCsr: _download_csr,
    steps.Merge: _merge,
    steps.Cancel: _cancel,
    steps.DeleteOperation: _delete_operation,
    steps.ListCertificates: _list,
    steps.ShowCertificate: _show,
    steps.ShowPolicy: _show_policy,
    steps.DeleteCertificate: _delete,
    steps.RecoverCertificate: _recover,
    steps.PurgeCertificate: _purge,
    steps.SetIssuer: _set_issuer,
    steps.RemoveIssuer: _remove_issuer,
    steps.SetContacts: _set_contacts,
}
