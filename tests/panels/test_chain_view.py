from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from cryptography import x509

from kvcsr_widgets.panels.chain_view import MAX_APART, ChainView
from kvcsr_widgets.pki.chain import Chain, build
from tests import certificates
from tests.certificates import NOW, intermediate, leaf

ROOT = certificates.root().certificate
INTERMEDIATE = intermediate().certificate
LEAF = leaf().certificate
WHOLE = build(LEAF, [INTERMEDIATE, ROOT], NOW)
ADDRESS = "http://ca.contoso.com/a.cer?x=%3Cb%3E&y"


def shown(chain: Chain | None, *, preserve_order: bool = False, practice: bool = False) -> str:
    view = ChainView()
    view.show(chain, NOW, preserve_order=preserve_order, practice=practice)
    return str(view.value)


class Parts(HTMLParser):
    """The tags, and what can be read in and outside of lists."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.items: list[str] = []
        self.read = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "li":
            self.items.append("")

    def handle_data(self, data: str) -> None:
        self.read += f"{data}\n"
        if self.items:
            self.items[-1] += f"{data}\n"


def test_a_chain_is_an_ordered_list_from_the_leaf_to_the_root() -> None:
    parts = Parts(shown(WHOLE))

    assert [item.splitlines()[:3] for item in parts.items] == [
        ["Leaf", "www.contoso.com", "2026-05-31 to 2026-08-30, EC P-256"],
        ["issued by", "Intermediate", "Issuing CA"],
        ["issued by", "Root", "Root CA"],
    ]
    assert parts.tags.count("ol") == 1
    assert ("role", "list") in parts.attributes


def test_a_missing_issuer_is_dashed_with_an_address_that_is_no_link() -> None:
    told = leaf(extensions=[certificates.aia(ADDRESS)]).certificate
    text = shown(build(told, [], NOW))
    parts = Parts(text)

    assert "1px dashed" in text
    assert "2px dashed" in text
    assert ADDRESS in parts.read
    assert not {"a", "img", "script"} & set(parts.tags)
    assert not {"href", "src"} & {name for name, _value in parts.attributes}
    assert "Application Gateway" in parts.read


def test_a_whole_chain_has_no_dashes() -> None:
    assert "dashed" not in shown(WHOLE)


def test_roles_of_what_stands_apart_are_told_in_words() -> None:
    others = [
        intermediate(owner="impostor").certificate,
        leaf(end=NOW).certificate,
        certificates.root(name="Another CA").certificate,
    ]
    read = Parts(shown(build(LEAF, others, NOW))).read

    for role in ("Alternative", "Did not sign", "Not needed"):
        assert f"\n{role}\n" in read
    assert "Issued by itself; 2026-05-31" in read


def test_what_stands_out_is_told_in_words() -> None:
    chain = build(LEAF, [certificates.expired_intermediate().certificate], NOW)

    assert "Expired on 2026-05-31." in Parts(shown(chain)).read


@pytest.mark.parametrize("preserve_order", [False, True])
def test_what_consumers_will_see_is_told(preserve_order: bool) -> None:
    read = Parts(shown(WHOLE, preserve_order=preserve_order)).read

    assert "consumers will see: www.contoso.com, then Issuing CA, then Root CA" in read
    assert ("PFX consumers will see: Root CA" in read) is not preserve_order


UP, DOWN = ("www.contoso.com, then Issuing CA, then Root CA", "Root CA, then Issuing CA, then www")


@pytest.mark.parametrize(
    ("preserve_order", "practice", "other"),
    [
        (False, False, f"With preserve order, PEM and PFX consumers would see: {UP}"),
        (
            True,
            False,
            f"Without preserve order, PEM consumers would see: {UP}; PFX consumers: {DOWN}",
        ),
        (False, True, f"With preserve order, PEM and PFX consumers would see: {UP}"),
        (True, True, f"Without preserve order, PEM and PFX consumers would see: {UP}"),
    ],
)
def test_the_other_way_of_asking_is_told_in_one_line(
    preserve_order: bool, practice: bool, other: str
) -> None:
    read = Parts(shown(WHOLE, preserve_order=preserve_order, practice=practice)).read

    assert other in read


def test_a_leaf_alone_has_no_order_to_ask_for() -> None:
    assert "preserve order" not in Parts(shown(build(LEAF, [], NOW))).read


def test_on_a_practice_vault_its_own_order_is_told() -> None:
    read = Parts(shown(WHOLE, practice=True)).read

    assert f"PEM and PFX consumers will see: {UP}" in read
    assert "The practice vault writes both PEM and PFX from the leaf to the root" in read
    assert "akv2k8s" not in read  # its PFX misleads no converter


def test_names_are_escaped_and_keep_their_direction() -> None:
    evil = "</bdi><script>alert(1)</script>\u202e"
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, evil)])
    text = shown(Chain((LEAF,), missing=name))

    assert "script" not in Parts(text).tags
    assert "\u202e" not in text
    assert "<bdi>&lt;/bdi&gt;&lt;script&gt;alert(1)&lt;/script&gt;\\u202e</bdi>" in text


def test_colours_are_the_themes_own() -> None:
    text = shown(build(LEAF, [intermediate(owner="impostor").certificate], NOW))
    styles = " ".join(re.findall(r'style="([^"]*)"', text))

    assert set(re.findall(r"var\((--[a-z]+)-", styles)) == {"--jp"}
    assert not re.search(r"#[0-9a-f]{3}|rgb|hsl", styles)


def test_many_others_are_counted() -> None:
    others = [certificates.root(name=f"CA {number}").certificate for number in range(MAX_APART + 3)]
    parts = Parts(shown(build(LEAF, others, NOW)))

    assert "… and 3 more" in parts.read
    assert len(parts.items) == 2 + MAX_APART + 1


def test_no_chain_shows_nothing() -> None:
    view = ChainView()
    view.show(WHOLE, NOW, preserve_order=False)
    view.show(None, NOW, preserve_order=False)

    assert view.value == ""
