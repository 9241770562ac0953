"""How a person mends the drills on requests, policies, renewals and vaults in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser import drill_page as play

GIVE_UP, REQUEST, SIGNATURE, MERGE = "Give up or start again", "Request", "Signature", "Merge"
"""Titles of tools."""


def fill_name(panel: Locator, name: str) -> None:
    """Type a name into the request form, and let the vault be asked for it."""
    panel.get_by_label("Certificate name").fill(name)
    expect(panel.get_by_text(f"“{name}”").first).to_be_visible()


def use_reply(panel: Locator, filename: str) -> None:
    """Put a CA's file of the desk into the tools that take one."""
    panel.get_by_role("button", name=f"Use {filename} here").click()
    expect(panel.get_by_text(f"Chosen: {filename}").first).to_be_visible()


def merge(panel: Locator) -> None:
    """Press the merge panel's own button, once it may be pressed."""
    button = panel.locator("button.mod-primary").filter(has_text=re.compile("^Merge$"))
    expect(button).to_be_enabled()
    button.click()


def use_policy(panel: Locator, filename: str, subject: str) -> None:
    """Put a policy of the desk into the form."""
    panel.get_by_role("button", name=f"Use {filename} here").click()
    expect(panel.get_by_label("Subject", exact=True)).to_have_value(subject)


def create(panel: Locator, name: str, *, again: bool = False) -> None:
    """Press the form's button; ``again`` where it starts from the current policy at first."""
    button = panel.get_by_role("button", name="Create the CSR")
    button.click()
    if again:
        expect(panel.get_by_text("Nothing was sent yet.")).to_be_visible()
        button.click()
    expect(panel.get_by_text(f"“{name}” is created")).to_be_visible()


def start_from(panel: Locator, name: str) -> None:
    """Start a new version from the policy that the vault has."""
    panel.get_by_label("Certificate name").fill(name)
    panel.get_by_role("button", name="Start from its current policy").click()
    expect(panel.get_by_text("The form starts from the current policy.")).to_be_visible()
    panel.get_by_role("button", name="Advanced policy").click()


def delete_request(panel: Locator, name: str) -> None:
    """Delete the request in hand, its name typed."""
    panel.get_by_label("Confirm (request)").fill(name)
    panel.get_by_role("button", name="Delete the request").click()
    expect(panel.get_by_text(f"The request of “{name}” is deleted.")).to_be_visible()


def open_request(_page: Page, panel: Locator, _folder: Path) -> None:
    delete_request(panel, "pay-contoso-com")
    play.unfold(panel, REQUEST)
    panel.get_by_label("Certificate name").fill("pay-contoso-com")
    panel.get_by_label("Subject", exact=True).fill("CN=pay.contoso.com")
    panel.get_by_label("Names", exact=True).fill("pay.contoso.com\napi.pay.contoso.com")
    create(panel, "pay-contoso-com")


def created_none(page: Page, panel: Locator, folder: Path) -> None:
    expect(panel.get_by_text("The signature is valid.")).to_be_visible()
    play.sign(page, panel, "billing-contoso-com", folder)


def cancelled_meanwhile(_page: Page, panel: Locator, _folder: Path) -> None:
    use_reply(panel, "vpn-contoso-com.p7b")
    panel.get_by_label("I have read the point to look at above").check()
    merge(panel)


def lost_answer(_page: Page, panel: Locator, _folder: Path) -> None:
    for name in ("imap-contoso-com", "smtp-contoso-com"):
        panel.get_by_role("button", name=f"Use {name}.p7b here").click()
    request = panel.get_by_label("Request", exact=True)
    request.select_option(label="imap-contoso-com - completed")
    expect(
        panel.get_by_text("This very certificate is in the vault already.").first
    ).to_be_visible()
    request.select_option(label="smtp-contoso-com - waits for the CA")
    merge(panel)


def dotted_name(_page: Page, panel: Locator, _folder: Path) -> None:
    panel.get_by_label("Certificate name").fill("www-contoso-com")
    use_policy(panel, "policy.json", "CN=www.contoso.com")
    create(panel, "www-contoso-com")


def dropped_names(_page: Page, panel: Locator, _folder: Path) -> None:
    expect(panel.get_by_text("The signature is valid.")).to_be_visible()
    play.unfold(panel, GIVE_UP)
    delete_request(panel, "files-contoso-com")
    play.unfold(panel, REQUEST)
    panel.get_by_label("Certificate name").fill("files-contoso-com")
    use_policy(panel, "policy.json", "CN=files.contoso.com")
    create(panel, "files-contoso-com")


def policy_shape(_page: Page, panel: Locator, _folder: Path) -> None:
    panel.get_by_label("Certificate name").fill("mx-contoso-com")
    use_policy(panel, "policy.json", "CN=mx.contoso.com, O=Contoso")
    create(panel, "mx-contoso-com")


def issuer_rejects(_page: Page, panel: Locator, _folder: Path) -> None:
    name = "orders-contoso-com"
    panel.get_by_label("Or a request").select_option(label=f"{name}: failed")
    expect(panel.get_by_text("The order with the CA failed.")).to_be_visible()
    play.unfold(panel, "Issuers")
    panel.get_by_label("Issuer", exact=True).select_option(label="DigiCertCA")
    panel.get_by_label("API key", exact=True).fill("a-new-key")
    panel.get_by_role("button", name="Save the issuer").click()
    expect(panel.get_by_text("“DigiCertCA” is saved.")).to_be_visible()
    play.unfold(panel, GIVE_UP)
    panel.get_by_label("Request", exact=True).select_option(label=f"{name} - failed")
    panel.get_by_label("Confirm (new request)").fill(name)
    panel.get_by_role("button", name="Start again", exact=True).click()
    expect(panel.get_by_text(f"“{name}” has a new request.")).to_be_visible()


def self_signed_renewal(page: Page, panel: Locator, folder: Path) -> None:
    name = "intranet-contoso-com"
    panel.get_by_label("Certificate name").fill(name)
    use_policy(panel, "policy-before.json", "CN=intranet.contoso.com, O=Contoso")
    create(panel, name, again=True)
    play.sign(page, panel, name, folder)


def nobody_told(page: Page, panel: Locator, folder: Path) -> None:
    name = "status-contoso-com"
    panel.get_by_role("button", name="Add a contact").click()
    panel.get_by_label("E-mail", exact=True).first.fill("pki@contoso.com")
    panel.get_by_role("button", name="Save the contacts").click()
    expect(panel.get_by_text("The vault mails 1 contact.")).to_be_visible()
    play.unfold(panel, REQUEST)
    start_from(panel, name)
    panel.get_by_label("Lifetime action").select_option(label="e-mail the vault's contacts")
    create(panel, name)
    play.sign(page, panel, name, folder)


def not_exportable(page: Page, panel: Locator, folder: Path) -> None:
    name = "gateway-contoso-com"
    start_from(panel, name)
    panel.get_by_label("The private key can be exported").check()
    create(panel, name)
    play.sign(page, panel, name, folder)


def second_page(_page: Page, panel: Locator, _folder: Path) -> None:
    use_reply(panel, "reply.p7b")
    panel.get_by_role("button", name="Find their requests").click()
    expect(panel.get_by_role("row", name="node-47")).to_be_visible()
    panel.get_by_role("button", name="Merge 1 reply").click()


def chain_unread(page: Page, panel: Locator, folder: Path) -> None:
    panel.get_by_label("With subject, names, key and policy").check()
    panel.get_by_label("And how long the chains are").check()
    row = panel.get_by_role("row", name="sign-north")
    row.get_by_role("checkbox").check()
    panel.get_by_label("Action").select_option(label="New version")
    panel.get_by_role("button", name="New version", exact=False).click()
    expect(panel.get_by_text("“sign-north” has a new request.")).to_be_visible()
    play.sign(page, panel, "sign-north", folder)


def name_deleted(_page: Page, panel: Locator, _folder: Path) -> None:
    panel.get_by_role("button", name="List the deleted certificates").click()
    panel.get_by_label("Select", exact=True).select_option(label="portal-contoso-com")
    panel.get_by_role("button", name="Recover", exact=False).click()


def throttled(_page: Page, panel: Locator, _folder: Path) -> None:
    use_reply(panel, "report-contoso-com.p7b")
    merge(panel)
    expect(panel.get_by_text("The vault is busy: it has had too many requests.")).to_be_visible()
    for _try in range(2):
        merge(panel)


MENDS: dict[str, Callable[[Page, Locator, Path], None]] = {
    mend.__name__.replace("_", "-"): mend
    for mend in (
        open_request,
        created_none,
        cancelled_meanwhile,
        lost_answer,
        dotted_name,
        dropped_names,
        policy_shape,
        issuer_rejects,
        self_signed_renewal,
        nobody_told,
        not_exportable,
        second_page,
        chain_unread,
        name_deleted,
        throttled,
    )
}
"""By the drills' codes."""
