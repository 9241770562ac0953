"""The steps in Python: whole scripts with azure-identity and azure-keyvault-certificates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kvcsr_widgets.runbook.commands import python_policy, steps
from kvcsr_widgets.runbook.commands.command import Command, Tool
from kvcsr_widgets.runbook.commands.place import Place
from kvcsr_widgets.runbook.quoting import python as quoted
from kvcsr_widgets.vault.issuers import Admin


def command(step: steps.Step, place: Place) -> Command:
    """The step as a Python script."""
    return _WRITERS[type(step)](step, place)


def _script(
    place: Place,
    *lines: str,
    imports: Iterable[str] = (),
    certificates: Iterable[str] = (),
    notes: tuple[str, ...] = (),
) -> Command:
    """A script that has a ``client``; ``certificates`` is what it imports of the SDK besides."""
    authority = f"authority={quoted(place.authority)}" if place.authority else ""
    names = ", ".join(sorted({"CertificateClient", *certificates}))
    head = (
        *imports,
        "from azure.identity import DefaultAzureCredential",
        f"from azure.keyvault.certificates import {names}",
        "",
        f"client = CertificateClient({quoted(place.url)}, DefaultAzureCredential({authority}))",
    )
    return Command(Tool.PYTHON, "\n".join((*head, *lines)), notes)


def _call(function: str, *arguments: str) -> str:
    """A call, over several lines where it is long."""
    short = f"{function}({', '.join(arguments)})"
    if len(short) <= 88:
        return short
    return f"{function}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"


def _sign_in(_step: steps.SignIn, place: Place) -> Command:
    return _script(
        place,
        "print(next(iter(client.list_properties_of_certificates()), 'signed in'))",
        notes=(
            "Install it with: python -m pip install azure-identity azure-keyvault-certificates",
            "DefaultAzureCredential takes whoever is signed in already, such as by az login.",
        ),
    )


def _create(step: steps.Create, place: Place) -> Command:
    plan, name = step.plan, quoted(step.plan.name)
    options = [
        *([] if plan.enabled else ["enabled=False"]),
        *([f"tags={python_policy.mapping(plan.tags)}"] if plan.tags else []),
        *(["preserve_order=True"] if plan.preserve_order else []),
    ]
    lines = (
        f"policy = {_call('CertificatePolicy', *python_policy.keywords(plan))}",
        _call("poller = client.begin_create_certificate", name, "policy", *options),
        "poller.result()" + ("" if plan.by_hand else "  # waits for the issuer"),
        f"operation = client.get_certificate_operation({name})",
        "print(operation.status, operation.status_details)",
    )
    needs = ("CertificatePolicy", *(["LifetimeAction"] if plan.lifetime_action else []))
    newer = ("IP addresses and URIs need azure-keyvault-certificates 4.12.",)
    is_new = bool(plan.names.ips or plan.names.uris)
    return _script(place, *lines, certificates=needs, notes=newer if is_new else ())


def _new_version(step: steps.NewVersion, place: Place) -> Command:
    made = _create(steps.Create(step.plan), place)
    trap = "Never renew with CertificatePolicy.get_default(): its issuer is Self."
    return Command(made.tool, made.text, (*made.notes, trap), made.warnings)


def _show_operation(step: steps.ShowOperation, place: Place) -> Command:
    return _script(
        place,
        f"operation = client.get_certificate_operation({quoted(step.name)})",
        "print(operation.status, operation.status_details, operation.error)",
    )


def _download_csr(step: steps.DownloadCsr, place: Place) -> Command:
    return _script(
        place,
        f"operation = client.get_certificate_operation({quoted(step.name)})",
        "csr = x509.load_der_x509_csr(bytes(operation.csr))",
        f"Path({quoted(f'{steps.stem(step.name)}.csr')}).write_bytes("
        "csr.public_bytes(Encoding.PEM))",
        imports=(
            "from pathlib import Path",
            "",
            "from cryptography import x509",
            "from cryptography.hazmat.primitives.serialization import Encoding",
        ),
    )


_READERS = {
    steps.Form.PEM: "x509.load_pem_x509_certificates(data)",
    steps.Form.DER: "[x509.load_der_x509_certificate(data)]",
    steps.Form.PKCS7_DER: "pkcs7.load_der_pkcs7_certificates(data)",
    steps.Form.PKCS7_PEM: "pkcs7.load_pem_pkcs7_certificates(data)",
}


def _merge(step: steps.Merge, place: Place) -> Command:
    name = quoted(step.name)
    is_pkcs7 = step.form in (steps.Form.PKCS7_DER, steps.Form.PKCS7_PEM)
    return _script(
        place,
        f"data = Path({quoted(step.filename)}).read_bytes()",
        f"certificates = {_READERS[step.form]}",
        f"csr = x509.load_der_x509_csr(bytes(client.get_certificate_operation({name}).csr))",
        "# what was made for this request stands first, its chain behind it",
        "certificates.sort(key=lambda found: found.public_key() != csr.public_key())",
        "chain = [found.public_bytes(Encoding.DER) for found in certificates]",
        f"merged = client.merge_certificate({name}, chain)",
        "print(merged.id, merged.properties.expires_on)",
        imports=(
            "from pathlib import Path",
            "",
            "from cryptography import x509",
            "from cryptography.hazmat.primitives.serialization import Encoding"
            + (", pkcs7" if is_pkcs7 else ""),
        ),
        notes=("The SDK wants the bytes of DER, one item a certificate, not the file.",),
    )


def _cancel(step: steps.Cancel, place: Place) -> Command:
    return _script(
        place,
        f"operation = client.cancel_certificate_operation({quoted(step.name)})",
        "print(operation.cancellation_requested)",
    )


def _delete_operation(step: steps.DeleteOperation, place: Place) -> Command:
    return _script(
        place,
        f"client.delete_certificate_operation({quoted(step.name)})",
        notes=("The key is lost with the request.",),
    )


def _list(step: steps.ListCertificates, place: Place) -> Command:
    pending = "include_pending=True" if step.pending else ""
    return _script(
        place,
        f"for found in client.list_properties_of_certificates({pending}):",
        "    print(found.name, found.enabled, found.expires_on)",
    )


def _show(step: steps.ShowCertificate, place: Place) -> Command:
    return _script(
        place,
        f"found = client.get_certificate({quoted(step.name)})",
        "print(found.id, found.properties.enabled, found.properties.expires_on)",
    )


def _show_policy(step: steps.ShowPolicy, place: Place) -> Command:
    return _script(
        place,
        f"policy = client.get_certificate_policy({quoted(step.name)})",
        "print(policy.issuer_name, policy.subject, policy.san_dns_names, policy.key_type)",
    )


def _delete(step: steps.DeleteCertificate, place: Place) -> Command:
    return _script(place, f"client.begin_delete_certificate({quoted(step.name)}).result()")


def _recover(step: steps.RecoverCertificate, place: Place) -> Command:
    call = f"client.begin_recover_deleted_certificate({quoted(step.name)}).result()"
    return _script(place, call)


def _purge(step: steps.PurgeCertificate, place: Place) -> Command:
    return _script(
        place,
        f"client.purge_deleted_certificate({quoted(step.name)})",
        notes=("Nothing brings it back.",),
    )


def _set_issuer(step: steps.SetIssuer, place: Place) -> Command:
    issuer = step.issuer
    said = {"account_id": issuer.account_id, "organization_id": issuer.organization_id}
    options = [f"enabled={issuer.enabled}"]
    options += [f"{name}={quoted(value)}" for name, value in said.items() if value]
    if issuer.admins:
        options.append(f"admin_contacts=[{', '.join(map(_admin, issuer.admins))}]")
    if not step.keep_password:
        options.append(f"password=getpass({quoted(f'{issuer.password_noun}: ')})")
    name, provider = quoted(issuer.name), quoted(issuer.provider)
    call = (
        _call("client.update_issuer", name, f"provider={provider}", *options)
        if step.keep_password
        else _call("client.create_issuer", name, provider, *options)
    )
    return _script(
        place,
        call,
        imports=() if step.keep_password else ("from getpass import getpass", ""),
        certificates=("AdministratorContact",) if issuer.admins else (),
    )


def _admin(admin: Admin) -> str:
    said = {
        "first_name": admin.first_name,
        "last_name": admin.last_name,
        "email": admin.email,
        "phone": admin.phone,
    }
    words = ", ".join(f"{name}={quoted(value)}" for name, value in said.items() if value)
    return f"AdministratorContact({words})"


def _remove_issuer(step: steps.RemoveIssuer, place: Place) -> Command:
    return _script(place, f"client.delete_issuer({quoted(step.name)})")


def _set_contacts(step: steps.SetContacts, place: Place) -> Command:
    if not step.contacts:
        return _script(place, "client.delete_contacts()")
    people = [
        "CertificateContact("
        + ", ".join(f"{name}={quoted(value)}" for name, value in person.items())
        + ")"
        for person in steps.contacts_json(step)["contacts"]
    ]
    call = "client.set_contacts([\n" + "".join(f"    {each},\n" for each in people) + "])"
    return _script(place, call, certificates=("CertificateContact",))


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
