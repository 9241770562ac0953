"""The steps in Azure PowerShell, with the cmdlets of Az.KeyVault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kvcsr_widgets.pki import policy_json
from kvcsr_widgets.runbook.commands import powershell_policy, shells, steps
from kvcsr_widgets.runbook.commands.command import Command, Tool
from kvcsr_widgets.runbook.commands.place import Place
from kvcsr_widgets.runbook.quoting import powershell as quoted
from kvcsr_widgets.vault.issuers import Admin

_REST_NOTE = (
    "So Invoke-AzRestMethod sends the request as it is. It raises nothing: look at StatusCode and "
    "Content of its answer."
)


def command(step: steps.Step, place: Place) -> Command:
    """The step for Azure PowerShell."""
    return _WRITERS[type(step)](step, place)


def _command(*lines: str, notes: tuple[str, ...] = (), warnings: tuple[str, ...] = ()) -> Command:
    return Command(Tool.POWERSHELL, "\n".join(lines), notes, warnings)


def _call(cmdlet: str, place: Place, name: str = "", *more: str) -> str:
    words = [cmdlet, "-VaultName", quoted(place.name)]
    return " ".join((*words, *(["-Name", quoted(name)] if name else []), *more))


def _rest(place: Place, method: str, path: str, body: object = None) -> str:
    address = f"-Uri {quoted(place.rest(path))} -ResourceId {quoted(place.resource)}"
    call = f"Invoke-AzRestMethod -Method {method} {address}"
    if body is None:
        return call
    return f"$body = @'\n{shells.to_json(body)}\n'@\n{call} -Payload $body"


def _sign_in(_step: steps.SignIn, place: Place) -> Command:
    cloud = f" -Environment {place.cloud}" if place.authority else ""
    return _command(
        f"Connect-AzAccount{cloud}",
        notes=("On a machine without a browser: Connect-AzAccount -UseDeviceAuthentication.",),
    )


def _create(step: steps.Create, place: Place) -> Command:
    plan = step.plan
    lost = powershell_policy.not_said(plan)
    if lost:
        body = policy_json.for_create(plan)
        sent = _rest(place, "POST", f"{plan.name}/create", body)
        return _command(sent, notes=(*lost, _REST_NOTE))
    tags = f" -Tag {powershell_policy.hashtable(plan.tags)}" if plan.tags else ""
    made = _call("Add-AzKeyVaultCertificate", place, plan.name, "-CertificatePolicy $policy")
    policy = ("$policy = New-AzKeyVaultCertificatePolicy", *powershell_policy.parameters(plan))
    return _command(
        " `\n    ".join(policy),
        made + tags,
        notes=("PowerShell checks the subject itself before it sends anything.",),
    )


def _new_version(step: steps.NewVersion, place: Place) -> Command:
    made = _create(steps.Create(step.plan), place)
    trap = (
        "Never renew with -IssuerName Self, as a sample of the documentation does: the vault "
        "would sign by itself.",
    )
    return Command(made.tool, made.text, (*made.notes, *trap), made.warnings)


def _show_operation(step: steps.ShowOperation, place: Place) -> Command:
    return _command(_call("Get-AzKeyVaultCertificateOperation", place, step.name))


def _download_csr(step: steps.DownloadCsr, place: Place) -> Command:
    shown = _call("Get-AzKeyVaultCertificateOperation", place, step.name)
    return _command(
        f"$csr = ({shown}).CertificateSigningRequest",
        shells.powershell_save_csr(f"{steps.stem(step.name)}.csr"),
        notes=(
            "PowerShell has the CSR as bare base64; the lines around it make a PEM file of it.",
        ),
    )


def _merge(step: steps.Merge, place: Place) -> Command:
    """``Import-AzKeyVaultCertificate`` merges what holds no key, if it can read it."""
    stem, source, lines, notes = steps.stem(step.name), step.filename, [], []
    is_pem = source.lower().endswith(".pem")
    if step.form in (steps.Form.PKCS7_DER, steps.Form.PKCS7_PEM):
        lines.append(shells.powershell_to_pem(source, f"{stem}-merge.crt"))
        source = f"{stem}-merge.crt"
        notes.append(
            "Since Az 12.1 the vault refuses a .p7b from this cmdlet (azure-powershell issue "
            "25843), so the certificates are taken out first."
        )
    elif is_pem or not steps.is_plain_file(source):
        target = f"{stem}-merge.{'cer' if step.form is steps.Form.DER else 'crt'}"
        lines.append(shells.powershell_copy(source, target))
        source = target
    if is_pem:
        notes.append(
            "The cmdlet imports whatever is named .pem instead of merging it, and fails without a "
            "private key, so the file gets another name."
        )
    merged = _call("Import-AzKeyVaultCertificate", place, step.name, "-FilePath", quoted(source))
    return _command(*lines, merged, notes=tuple(notes))


def _cancel(step: steps.Cancel, place: Place) -> Command:
    return _command(_call("Stop-AzKeyVaultCertificateOperation", place, step.name))


def _delete_operation(step: steps.DeleteOperation, place: Place) -> Command:
    return _command(
        _call("Remove-AzKeyVaultCertificateOperation", place, step.name),
        notes=("The key is lost with the request.",),
    )


def _list(step: steps.ListCertificates, place: Place) -> Command:
    pending = ("-IncludePending",) if step.pending else ()
    lost = ("Some versions do not list every pending request (azure-powershell issue 19857).",)
    return _command(
        _call("Get-AzKeyVaultCertificate", place, "", *pending),
        notes=lost if step.pending else (),
    )


def _show(step: steps.ShowCertificate, place: Place) -> Command:
    return _command(_call("Get-AzKeyVaultCertificate", place, step.name))


def _show_policy(step: steps.ShowPolicy, place: Place) -> Command:
    return _command(
        _call("Get-AzKeyVaultCertificatePolicy", place, step.name),
        notes=("PowerShell shows neither IP addresses nor URIs of a policy.",),
    )


def _delete(step: steps.DeleteCertificate, place: Place) -> Command:
    return _command(_call("Remove-AzKeyVaultCertificate", place, step.name))


def _recover(step: steps.RecoverCertificate, place: Place) -> Command:
    return _command(_call("Undo-AzKeyVaultCertificateRemoval", place, step.name))


def _purge(step: steps.PurgeCertificate, place: Place) -> Command:
    return _command(
        _call("Remove-AzKeyVaultCertificate", place, step.name, "-InRemovedState"),
        notes=("Nothing brings it back.",),
    )


def _set_issuer(step: steps.SetIssuer, place: Place) -> Command:
    issuer = step.issuer
    lines = [f"$secret = Read-Host -Prompt {quoted(issuer.password_noun)} -AsSecureString"]
    said = {"IssuerProvider": issuer.provider, "AccountId": issuer.account_id}
    more = [f"-{name} {quoted(value)}" for name, value in said.items() if value]
    more.append("-ApiKey $secret")
    if issuer.organization_id or issuer.admins:
        identity = f" -Id {quoted(issuer.organization_id)}" if issuer.organization_id else ""
        admins = ""
        if issuer.admins:
            lines += ["$admins = @(", *(f"    {_admin(admin)}" for admin in issuer.admins), ")"]
            admins = " -AdministratorDetails $admins"
        lines.append(
            f"$organization = New-AzKeyVaultCertificateOrganizationDetail{identity}{admins}"
        )
        more.append("-OrganizationDetails $organization")
    saved = _call("Set-AzKeyVaultCertificateIssuer", place, issuer.name, *more)
    kept = ("The cmdlet cannot keep the vault's password: type it again.",)
    off = ("The cmdlet cannot switch an issuer off: this one will be enabled.",)
    return _command(
        "& {",  # read as a whole, or the prompt would take the next line pasted
        *lines,
        saved,
        "}",
        notes=kept if step.keep_password else (),
        warnings=() if issuer.enabled else off,
    )


def _admin(admin: Admin) -> str:
    said = {
        "FirstName": admin.first_name,
        "LastName": admin.last_name,
        "EmailAddress": admin.email,
        "PhoneNumber": admin.phone,
    }
    words = (f"-{name} {quoted(value)}" for name, value in said.items() if value)
    return " ".join(("New-AzKeyVaultCertificateAdministratorDetail", *words))


def _remove_issuer(step: steps.RemoveIssuer, place: Place) -> Command:
    return _command(_call("Remove-AzKeyVaultCertificateIssuer", place, step.name))


def _set_contacts(step: steps.SetContacts, place: Place) -> Command:
    method, body = ("PUT", steps.contacts_json(step)) if step.contacts else ("DELETE", None)
    return _command(
        _rest(place, method, "contacts", body),
        notes=(
            "Add-AzKeyVaultCertificateContact adds one address at a time, without name and phone.",
            _REST_NOTE,
        ),
    )


_WRITERS: dict[type[steps.Step], Callable[[Any, Place], Command]] = {
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
