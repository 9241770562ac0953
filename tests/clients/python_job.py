"""The whole job with Azure's Python SDK, of any age: run by the interpreter that has it.

It signs in with environment variables alone and prints the steps that it has done.
``python python_job.py URL default|managed-identity officer|reader``, in a folder with sign.sh.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential
from azure.keyvault.certificates import (
    AdministratorContact,
    CertificateClient,
    CertificateContact,
    CertificatePolicy,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

SUBJECT = "CN=www.contoso.com"


def refused(kind: type[HttpResponseError], call: Callable[[], object]) -> str:
    try:
        call()
    except kind as error:
        return str(error.message)
    raise AssertionError(f"{call} was not refused")


def csr_job(client: Any) -> None:
    policy = CertificatePolicy(
        issuer_name="Unknown", subject=SUBJECT, san_dns_names=["www.contoso.com"], key_size=2048
    )
    client.begin_create_certificate("web", policy).wait()  # its result in 2021 was None
    operation = client.get_certificate_operation("web")
    assert (operation.status, operation.issuer_name) == ("inProgress", "Unknown")
    names = [each.name for each in client.list_properties_of_certificates(include_pending=True)]
    assert "web" in names
    assert "web" not in [each.name for each in client.list_properties_of_certificates()]
    refused(ResourceExistsError, lambda: client.begin_create_certificate("web", policy).result())
    csr = x509.load_der_x509_csr(bytes(operation.csr))
    assert csr.subject.rfc4514_string() == SUBJECT
    Path("web.csr").write_bytes(csr.public_bytes(Encoding.PEM))
    subprocess.run(["sh", "sign.sh", "web"], check=True, capture_output=True)
    chain = [Path(name).read_bytes() for name in ("web.der", "ca.der")]
    merged = client.merge_certificate("web", chain)
    assert bytes(merged.cer) == chain[0]
    assert merged.properties.enabled
    assert client.get_certificate_operation("web").status == "completed"
    assert "web" in [each.name for each in client.list_properties_of_certificates()]


def cancel_job(client: Any) -> None:
    policy = CertificatePolicy(issuer_name="Unknown", subject=SUBJECT)
    client.begin_create_certificate("stopped", policy).result()
    assert client.cancel_certificate_operation("stopped").cancellation_requested
    assert client.delete_certificate_operation("stopped").name == "stopped"
    refused(ResourceNotFoundError, lambda: client.get_certificate_operation("stopped"))


def self_job(client: Any) -> None:
    made = client.begin_create_certificate("own", CertificatePolicy.get_default()).result()
    assert made.name == "own"
    assert made.properties.version
    assert bytes(made.cer) == bytes(
        client.get_certificate_version("own", made.properties.version).cer
    )
    again = client.begin_create_certificate("own", CertificatePolicy.get_default()).result()
    versions = {each.version for each in client.list_properties_of_certificate_versions("own")}
    assert versions == {made.properties.version, again.properties.version}


def update_job(client: Any) -> None:
    changed = client.update_certificate_properties("own", enabled=False, tags={"team": "web"})
    assert (changed.properties.enabled, changed.properties.tags) == (False, {"team": "web"})
    assert client.get_certificate("own").properties.tags == {"team": "web"}
    assert client.get_certificate_policy("own").issuer_name == "Self"
    policy = CertificatePolicy("Self", subject=SUBJECT, validity_in_months=7)
    assert client.update_certificate_policy("own", policy).validity_in_months == 7
    assert client.get_certificate_policy("own").validity_in_months == 7


def import_job(client: Any) -> None:
    found = client.import_certificate("brought", Path("brought.pfx").read_bytes(), password="pass")
    assert x509.load_der_x509_certificate(bytes(found.cer)).subject.rfc4514_string() == "CN=brought"
    refused(HttpResponseError, lambda: client.import_certificate("brought", b"nonsense"))


def backup_job(client: Any) -> None:
    blob = client.backup_certificate("own")
    refused(ResourceExistsError, lambda: client.restore_certificate_backup(blob))
    versions = [each.version for each in client.list_properties_of_certificate_versions("own")]
    client.begin_delete_certificate("own").result()
    client.purge_deleted_certificate("own")
    assert client.restore_certificate_backup(blob).name == "own"
    restored = [each.version for each in client.list_properties_of_certificate_versions("own")]
    assert sorted(restored) == sorted(versions)


def delete_job(client: Any) -> None:
    deleted = client.begin_delete_certificate("own").result()
    assert deleted.name == "own"
    assert deleted.recovery_id.endswith("/deletedcertificates/own")
    refused(ResourceNotFoundError, lambda: client.get_certificate("own"))
    assert "own" in [each.name for each in client.list_deleted_certificates()]
    assert client.get_deleted_certificate("own").scheduled_purge_date
    assert client.begin_recover_deleted_certificate("own").result().name == "own"
    assert client.get_certificate("own").name == "own"
    client.begin_delete_certificate("own").result()
    client.purge_deleted_certificate("own")
    refused(ResourceNotFoundError, lambda: client.get_deleted_certificate("own"))


def issuer_job(client: Any) -> None:
    people = [
        AdministratorContact(
            first_name="Ada", last_name="Byron", email="ada@contoso.com", phone="123"
        )
    ]
    options = {"account_id": "keyvaultuser", "organization_id": "org", "admin_contacts": people}
    made = client.create_issuer("issuer1", "Test", enabled=True, **options)
    assert (made.name, made.provider, made.account_id) == ("issuer1", "Test", "keyvaultuser")
    assert [each.name for each in client.list_properties_of_issuers()] == ["issuer1"]
    assert client.update_issuer("issuer1", enabled=False).enabled is False
    assert client.get_issuer("issuer1").admin_contacts[0].email == "ada@contoso.com"
    assert client.delete_issuer("issuer1").name == "issuer1"
    refused(ResourceNotFoundError, lambda: client.get_issuer("issuer1"))


def contact_job(client: Any) -> None:
    people = [CertificateContact(email="ada@contoso.com", name="Ada", phone="123")]
    assert client.set_contacts(people)[0].email == "ada@contoso.com"
    assert client.get_contacts()[0].name == "Ada"
    assert client.delete_contacts()[0].phone == "123"
    refused(ResourceNotFoundError, client.get_contacts)


def reader_job(client: Any) -> None:
    assert list(client.list_properties_of_certificates()) is not None
    policy = CertificatePolicy.get_default()
    said = refused(HttpResponseError, lambda: client.begin_create_certificate("own", policy))
    assert "Caller is not authorized" in said, said


OFFICER = (
    *(csr_job, cancel_job, self_job, update_job, import_job, backup_job, delete_job),
    *(issuer_job, contact_job),
)
ROLES = {"officer": OFFICER, "reader": (reader_job,)}


def main(url: str, sign_in: str, role: str) -> None:
    credential: Any = DefaultAzureCredential()
    if sign_in == "managed-identity":
        client_id = os.environ.get("AZURE_CLIENT_ID")
        options: dict[str, Any] = {"client_id": client_id} if client_id else {}
        credential = ManagedIdentityCredential(**options)
    with credential, CertificateClient(url, credential) as client:
        for job in ROLES[role]:
            job(client)
            print(job.__name__, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
