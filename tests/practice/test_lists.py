"""Lists: pending or not, pages, versions, policy."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient, CertificateProperties
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.practice.transport import Practice
from tests.practice.test_create import create
from tests.practice.wire import Wire


def names(properties: Iterable[CertificateProperties]) -> list[str | None]:
    return [each.name for each in properties]


def finish(client: CertificateClient, practice: Practice, name: str) -> str:
    """Create and merge; returns the version."""
    reply = practice.authority.sign(create(client, name).public_bytes(Encoding.DER))
    properties = client.merge_certificate(name, [reply.cer]).properties
    assert properties is not None
    return properties.version or ""


def test_pending_certificates_are_listed_only_when_asked_for(
    client: CertificateClient, practice: Practice
) -> None:
    finish(client, practice, "done")
    create(client, "waiting")

    assert names(client.list_properties_of_certificates()) == ["done"]
    assert names(client.list_properties_of_certificates(include_pending=False)) == ["done"]
    both = client.list_properties_of_certificates(include_pending=True)
    assert names(both) == ["done", "waiting"]


def test_a_certificate_whose_request_was_deleted_can_still_be_found(
    client: CertificateClient,
) -> None:
    create(client, "left")
    client.delete_certificate_operation("left")

    assert names(client.list_properties_of_certificates(include_pending=True)) == ["left"]


def test_the_sdk_walks_all_pages_with_pending_ones_on_each(client: CertificateClient) -> None:
    wanted = [f"c{number:03}" for number in range(60)]
    for name in wanted:
        create(client, name)

    pages = client.list_properties_of_certificates(include_pending=True).by_page()

    assert [names(page) for page in pages] == [wanted[:25], wanted[25:50], wanted[50:]]


def test_the_size_of_a_page_can_be_chosen(client: CertificateClient) -> None:
    for name in ("a", "b", "c"):
        create(client, name)

    pages = client.list_properties_of_certificates(include_pending=True, max_page_size=2).by_page()

    assert [names(page) for page in pages] == [["a", "b"], ["c"]]


def test_a_full_last_page_has_no_next_one(client: CertificateClient) -> None:
    for name in ("a", "b"):
        create(client, name)

    pages = client.list_properties_of_certificates(include_pending=True, max_page_size=2).by_page()

    assert [names(page) for page in pages] == [["a", "b"]]


@pytest.mark.parametrize("size", ["0", "26", "-1", "x", "1e1", "٣"])
def test_a_bad_page_size_is_refused(wire: Wire, size: str) -> None:
    assert wire.send("GET", f"/certificates?maxresults={size}").status == 400


@pytest.mark.parametrize("token", ["*", "%C3%A9", "gA=="])
def test_a_bad_skip_token_is_refused(wire: Wire, token: str) -> None:
    assert wire.send("GET", f"/certificates?$skiptoken={token}").status == 400


def test_versions_are_the_finished_ones_sorted_by_id(
    client: CertificateClient, practice: Practice
) -> None:
    versions = [finish(client, practice, "web") for _ in range(4)]
    create(client, "web")

    listed = client.list_properties_of_certificate_versions("web", max_page_size=3)

    assert [each.version for each in listed] == sorted(versions)


def test_an_unknown_certificate_has_no_versions(client: CertificateClient) -> None:
    assert list(client.list_properties_of_certificate_versions("nobody")) == []


def test_each_version_can_be_read(client: CertificateClient, practice: Practice) -> None:
    first, second = (finish(client, practice, "web") for _ in range(2))

    ids = [client.get_certificate_version("web", version).id for version in (first, second)]

    assert ids == [f"{practice.url}/certificates/web/{version}" for version in (first, second)]
    with pytest.raises(ResourceNotFoundError, match=r"\(name/id\) web/nothing was not found"):
        client.get_certificate_version("web", "nothing")


def test_the_policy_holds_what_was_asked_for(client: CertificateClient) -> None:
    create(client, subject='CN=a, O="b, c"', san_dns_names=["a.example"], validity_in_months=3)

    policy = client.get_certificate_policy("web")

    assert policy.subject == 'CN=a, O="b, c"'
    assert policy.san_dns_names == ["a.example"]
    assert policy.validity_in_months == 3
    assert (policy.key_type, policy.key_curve_name, policy.key_size) == ("EC", "P-256", 256)


def test_an_unknown_certificate_is_not_found(client: CertificateClient) -> None:
    for read in (client.get_certificate, client.get_certificate_policy):
        with pytest.raises(ResourceNotFoundError, match=r"\(name/id\) nobody was not found"):
            read("nobody")
