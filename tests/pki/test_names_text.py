"""Lists of names as they are pasted, and what is read in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.pki.names import KINDS, MAX_NAMES, Names, is_dns_name, is_email, is_upn, is_uri
from kvcsr_widgets.pki.names_text import MAX_REFUSED, MAX_TEXT, names_to_text, read_names
from tests.openssl import openssl

BOTH = Names(dns=("a.example", "b.example"))


@pytest.mark.parametrize(
    "text",
    [
        "a.example b.example",
        "a.example\r\nb.example\r\n",
        "a.example,b.example",
        "a.example; b.example;",
        "a.example | b.example",
        "a.example\tb.example",
        '["a.example", "b.example"]',
        "('a.example', 'b.example')",
        "`a.example`, <b.example>",
        "- a.example\n- b.example",
        "* a.example\n* b.example",
        "\u2022 a.example\n  + b.example",
        "1. a.example\n2) b.example\n",
        "| a.example |\n| --- |\n| b.example |",
        "DNS:a.example, DNS:b.example",
        "X509v3 Subject Alternative Name: critical\n    DNS:a.example, DNS:b.example",
        "DNS Name=a.example\nDNS Name=b.example",
        "subjectAltName = DNS:a.example,DNS:b.example",
        "[ alt_names ]\nDNS.1 = a.example\nDNS.2 = b.example",
        "dns: a.example dns=b.example",
        'DNS:"a.example" DNS:"b.example',
        "a.example. b.example.",
    ],
)
def test_a_list_is_read_with_any_separator(text: str) -> None:
    read = read_names(text)

    assert read.names == BOTH
    assert (read.refused, read.folded) == ((), ())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("192.0.2.1 [2001:DB8:0::1]", Names(ips=("192.0.2.1", "2001:db8::1"))),
        ("spiffe://a.example/web urn:uuid:5", Names(uris=("spiffe://a.example/web", "urn:uuid:5"))),
        ("web@a.example", Names(emails=("web@a.example",))),
        ("upn:web@a.example", Names(upns=("web@a.example",))),
        ("email:web@a.example", Names(emails=("web@a.example",))),
        ("dNSName:a.example", Names(dns=("a.example",))),
        ("iPAddress: 192.0.2.1", Names(ips=("192.0.2.1",))),
        ("rfc822Name=web@a.example", Names(emails=("web@a.example",))),
        ("uniformResourceIdentifier:urn:a", Names(uris=("urn:a",))),
        ("URI:dns:a.example", Names(uris=("dns:a.example",))),
        ("*.a.example", Names(dns=("*.a.example",))),
        ("*.bücher.example", Names(dns=("*.xn--bcher-kva.example",))),
        ("web@bücher.example", Names(emails=("web@xn--bcher-kva.example",))),
        ("upn:jürgen@bücher.example", Names(upns=("jürgen@bücher.example",))),
        ('upn:"a b,c;\\"d\\"@e"', Names(upns=('a b,c;"d"@e',))),
        (
            "DNS Name=a.example\nOther Name:\n     Principal Name=u@a.example\n"
            "RFC822 Name=e@a.example\nURL=https://a.example/\nIP Address=192.0.2.1",
            Names(
                dns=("a.example",),
                upns=("u@a.example",),
                emails=("e@a.example",),
                uris=("https://a.example/",),
                ips=("192.0.2.1",),
            ),
        ),
        ("", Names()),
        (" ,;\n", Names()),
    ],
)  # fmt: skip
def test_the_kind_of_a_name_is_told_or_guessed(text: str, names: Names) -> None:
    read = read_names(text)

    assert read.names == names
    assert read.refused == ()


def test_a_list_that_openssl_prints_is_read(tmp_path: Path) -> None:
    names = (
        "DNS:a.example,DNS:*.a.example,IP:192.0.2.1,IP:2001:db8::1,email:e@a.example,"
        "URI:https://a.example/b,otherName:msUPN;UTF8:u@a.example"
    )
    openssl(
        *("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "r.pem"),
        *("-subj", "/CN=a", "-addext", f"subjectAltName={names}"),
        cwd=tmp_path,
    )
    text = openssl("req", "-in", "r.pem", "-noout", "-text", cwd=tmp_path)
    printed = text[text.index("X509v3 Subject Alternative") : text.index("Signature Algorithm")]
    wanted = Names(
        dns=("a.example", "*.a.example"),
        ips=("192.0.2.1", "2001:db8::1"),
        emails=("e@a.example",),
        uris=("https://a.example/b",),
        upns=("u@a.example",),
    )

    read = read_names(printed.strip().removesuffix("    "))

    assert (read.names, read.refused) == (wanted, ())
    assert read_names(names).names == wanted


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("a.example www.a.example:443", 10, "A name has no port: write www.a.example."),
        ("[2001:db8::1]:443", 1, "write 2001:db8::1."),
        ("10.0.0.0/8", 0, "without a network mask"),
        ("fe80::1%eth0", 0, "no IP address"),
        ("w*.a.example", 0, "whole first label"),
        ("a..example", 0, "no DNS name"),
        ("@a.example", 0, "no e-mail address"),
        ("jürgen@a.example", 0, "no e-mail address"),
        ("\u2603.example", 0, "not allowed"),
        ("ü" * 254, 0, "at most 253"),
        ("http://bücher.example/", 0, "no URI"),
        ("a.example, DNS:", 11, "missing"),
        ("Registered ID:1.2.3", 0, "does not take"),
        ("registeredID:1.2.3", 0, "does not take"),
        ("directoryName:CN=a", 0, "does not take"),
        ("x400Address:a", 0, "does not take"),
        ("ediPartyName:a", 0, "does not take"),
        ("192.168.1.999", 0, "four numbers up to 255"),
        ("www.contoso.1", 0, "no DNS name"),
        ("DNS:192.0.2.1", 0, "Write IP:192.0.2.1 for the address."),
        ('{"dns_names": ["a.example"]}', 0, "JSON object"),
        ("<img src=x onerror=alert(1)>", 5, "no DNS name"),
    ],
)
def test_what_is_no_name_is_refused_with_its_position(text: str, position: int, says: str) -> None:
    read = read_names(text)

    assert read.refused[0].position == position
    assert says in read.refused[0].reason + read.refused[0].hint
    problem = next(read.problems())
    assert f"(character {position + 1})." in problem.message


def test_the_line_of_each_refused_name_is_told() -> None:
    read = read_names("a.example\nb..example\r\nc.example d..example\n\ne..example")

    assert [(each.text, each.line) for each in read.refused] == [
        ("b..example", 2),
        ("d..example", 3),
        ("e..example", 5),
    ]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a.example A.Example", ("A.Example",)),
        ("a.example. a.example", ("a.example",)),
        ("bücher.example xn--bcher-kva.example", ("xn--bcher-kva.example",)),
        ("2001:db8::1 2001:db8:0::1", ("2001:db8:0::1",)),
        ("web@a.example web@A.example", ("web@A.example",)),
        ("web@a.example Web@a.example", ()),
        ("web@a.example upn:web@a.example", ()),
        ("urn:a urn:A", ()),
    ],
)
def test_duplicates_are_folded(text: str, folded: tuple[str, ...]) -> None:
    assert read_names(text).folded == folded


@pytest.mark.parametrize(
    ("text", "sent", "shown", "note"),
    [
        ("a.example", "a.example", "", ""),
        ("bücher.example", "xn--bcher-kva.example", "bücher.example", ""),
        ("XN--BCHER-KVA.example", "XN--BCHER-KVA.example", "bücher.example", ""),
        ("xn--a.example", "xn--a.example", "", ""),
        ("web@xn--bcher-kva.example", "web@xn--bcher-kva.example", "web@bücher.example", ""),
        ("*.a.example", "*.a.example", "", "* is one label: not a.example itself"),
        ("a.example.", "a.example", "", "The dot at the end is left out."),
        ("https://a.example", "https://a.example", "", "write its host name alone"),
        ("b\u0430nk.example", "xn--bnk-6cd.example", "b\u0430nk.example", "Cyrillic and Latin"),
    ],
)
def test_a_name_is_shown_in_both_forms_with_what_to_know(
    text: str, sent: str, shown: str, note: str
) -> None:
    (row,) = read_names(text).rows

    assert (row.typed, row.sent, row.shown) == (text, sent, shown)
    assert note in row.note
    assert bool(note) == bool(row.note)


def test_one_more_than_a_request_takes_is_refused() -> None:
    read = read_names("\n".join(f"h{number}.example" for number in range(MAX_NAMES + 1)))

    assert len(read.names.dns) == MAX_NAMES
    assert "one too many" in read.refused[0].reason


def test_a_text_that_is_no_list_is_given_up() -> None:
    assert len(read_names("? " * 9_000).refused) == MAX_REFUSED
    assert "20000 are read" in read_names("a" * (MAX_TEXT + 1)).refused[0].reason


MARKS = st.sampled_from("abcXYZ019-_")
LABELS = st.text(MARKS, min_size=1, max_size=8) | st.sampled_from(["dns", "IP", "upn", "xn--a"])
DNS = st.builds(
    lambda star, labels: star + ".".join(labels),
    *(st.sampled_from(["", "*."]), st.lists(LABELS, min_size=1, max_size=4)),
).filter(is_dns_name)
EMAILS = st.builds(
    "{}@{}".format, st.text("abX.!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=9), DNS
).filter(is_email)
UPNS = st.builds("{}@{}".format, st.text(min_size=1, max_size=9), DNS).filter(is_upn)
URIS = st.builds(
    "{}:{}".format,
    *(
        st.sampled_from(["urn", "http", "dns", "IP", "email", "x.y", "UPN"]),
        st.text(st.characters(max_codepoint=127), max_size=20),
    ),
).filter(is_uri)


def different(kind: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(kind, max_size=4, unique_by=str.lower).map(tuple)


NAMES = st.builds(
    Names,
    dns=different(DNS),
    emails=different(EMAILS),
    upns=different(UPNS),
    ips=different(st.ip_addresses().map(str)),
    uris=different(URIS),
)


@given(NAMES)
def test_names_that_can_be_sent_are_read_back_from_their_list(names: Names) -> None:
    read = read_names(names_to_text(names))

    assert read.names == names
    assert read.refused == ()


PIECES = st.sampled_from(
    [
        *' ,;|"[]{}*.-@:\\\n',
        "a",
        "ü",
        "xn--",
        "DNS:",
        "IP Address:",
        "UPN:",
        "\ud800",
        "1.",
        "http://",
    ]
)


@given(st.text(max_size=80) | st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_names_that_can_be_sent(text: str) -> None:
    read = read_names(text)

    assert list(read.names.problems()) == []
    assert read_names(names_to_text(read.names)).names == read.names
    for each in read.refused:
        assert 0 <= each.position <= len(text)
    assert sum(len(read.names.sans[kind]) for kind in KINDS) == len(read.rows)
