"""The subject dialect. The DER values follow .NET's own encoder, as Key Vault does."""

from __future__ import annotations

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.attributes import OIDS
from kvcsr_widgets.pki.subject import MAX_LENGTH, Subject, compose, name_text, short_name

PRINTABLE, UTF8, IA5 = "13", "0c", "16"
COMMON_NAME = "3016311430120603550403130b436f6d6d6f6e204e616d65"


@pytest.mark.parametrize(
    ("text", "der"),
    [
        pytest.param("CN=Common Name", COMMON_NAME, id="printable"),
        pytest.param("CN=Common Name,", COMMON_NAME, id="trailing separator"),
        pytest.param('CN="Common Name"', COMMON_NAME, id="quotes removed"),
        pytest.param("   cn  =  Common Name   ", COMMON_NAME, id="outer blanks and case"),
        pytest.param("2.5.4.3=Common Name", COMMON_NAME, id="dotted OID"),
        pytest.param("oid.2.5.4.3=Common Name", COMMON_NAME, id="dotted OID with prefix"),
        pytest.param("CN=*", "300c310a300806035504030c012a", id="asterisk is UTF8String"),
        pytest.param("CN=é", "300d310b300906035504030c02c3a9", id="accent is UTF8String"),
        pytest.param("CN=", "300b3109300706035504031300", id="empty value"),
        pytest.param("", "3000", id="empty name"),
        pytest.param('CN="a, b"', "300f310d300b060355040313046" + "12c2062", id="comma in quotes"),
        pytest.param('CN="""a"""', "300e310c300a06035504030c03226122", id="doubled quotes"),
        pytest.param(
            'CN="""Common"" Name"',
            "30183116301406035504030c0d22436f6d6d6f6e22204e616d65",
            id="doubled quotes inside",
        ),
        pytest.param(
            'CN="Name, Common"',
            "3017311530130603550403130c4e616d652c20436f6d6d6f6e",
            id="comma kept",
        ),
        pytest.param(
            "CN=日本語", "30143112301006035504030c09e697a5e69cace8aa9e", id="Japanese is UTF8String"
        ),
        pytest.param(
            "CN=Común Name", "30163114301206035504030c0b436f6dc3ba6e204e616d65", id="one accent"
        ),
        pytest.param(
            "E=user@example.com",
            "3021311f301d06092a864886f70d010901161075736572406578616d706c652e636f6d",
            id="e-mail is IA5String",
        ),
        pytest.param(
            "E=Common Name",
            "301c311a301806092a864886f70d010901160b436f6d6d6f6e204e616d65",
            id="E takes any ASCII",
        ),
        pytest.param(
            'E="""user""@example.com"',
            "30233121301f06092a864886f70d0109011612227573657222406578616d706c652e636f6d",
            id="quotes in an e-mail address",
        ),
        pytest.param(
            "1.1.1.1=Common Name", "3016311430120603290101130b436f6d6d6f6e204e616d65", id="any OID"
        ),
        pytest.param(
            "OID.1.1.1.1=Common Name",
            "3016311430120603290101130b436f6d6d6f6e204e616d65",
            id="any OID with prefix",
        ),
        pytest.param(
            "CN=Common Name, E=user@example.com",
            "3037311f301d06092a864886f70d010901161075736572406578616d706c652e636f6d"
            "311430120603550403130b436f6d6d6f6e204e616d65",
            id="the last part is the first",
        ),
    ],
)
def test_a_subject_is_encoded_as_the_service_does(text: str, der: str) -> None:
    assert Subject.parse(text).name.public_bytes().hex() == der


@pytest.mark.parametrize(
    ("text", "tag"),
    [("CN=plain", PRINTABLE), ("CN=a_b", UTF8), ("E=a@b.example", IA5), ("DC=contoso", IA5)],
)
def test_the_string_type_follows_key_and_characters(text: str, tag: str) -> None:
    value = text.partition("=")[2].encode().hex()
    length = f"{len(value) // 2:02x}"

    assert Subject.parse(text).name.public_bytes().hex().endswith(tag + length + value)


def test_the_csr_has_the_parts_in_reversed_order() -> None:
    name = Subject.parse("C=US, ST=WA, L=Redmond, O=TestO, OU=TestOU, CN=www.mytestdomain.com").name

    assert [part.oid for part in name] == [OIDS[key] for key in ("CN", "OU", "O", "L", "S", "C")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'DC=Contoso,OU="Docs,Contoso",CN=www.contosoHRApp.com',
            [("DC", "Contoso"), ("OU", "Docs,Contoso"), ("CN", "www.contosoHRApp.com")],
            id="the article's comma",
        ),
        pytest.param(
            'OU="Docs,Contoso",DC=Contoso,CN=www.contosoHRApp.com',
            [("OU", "Docs,Contoso"), ("DC", "Contoso"), ("CN", "www.contosoHRApp.com")],
            id="the article's PowerShell example",
        ),
        pytest.param(
            "CN = learn.microsoft.com, OU = Microsoft Corporation, O = Microsoft Corporation, "
            "L = Redmond, S = WA, C = US",
            [
                ("CN", "learn.microsoft.com"),
                ("OU", "Microsoft Corporation"),
                ("O", "Microsoft Corporation"),
                ("L", "Redmond"),
                ("S", "WA"),
                ("C", "US"),
            ],
            id="the article's long example",
        ),
        pytest.param("CN=a; O=b", [("CN", "a"), ("O", "b")], id="semicolons separate too"),
        pytest.param(
            "CN=a, O=b; OU=c\r L=d\n S=e",
            [("CN", "a"), ("O", "b"), ("OU", "c\r L=d\n S=e")],
            id="both separators and no third",
        ),
        pytest.param("CN=a\nb", [("CN", "a\nb")], id="line ends do not"),
        pytest.param("T=x, TITLE=y", [("T", "x"), ("T", "y")], id="synonyms"),
    ],
)
def test_a_subject_is_split_into_parts(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(part.key, part.value) for part in Subject.parse(text).attributes] == expected


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        pytest.param(",", 0, "nothing before it", id="leading separator"),
        pytest.param("CN=a,,O=b", 5, "nothing before it", id="doubled separator"),
        pytest.param("Self", 0, "no KEY=value", id="no equals sign"),
        pytest.param("O=company, Inc., CN=x", 11, "no KEY=value", id="comma without quotes"),
        pytest.param("O=Acme\\, LLC", 9, "no KEY=value", id="backslash does not escape"),
        pytest.param("\x08CN=a", 0, "does not know the key", id="control character in a key"),
        pytest.param("emailAddress=a@b.example", 0, "does not know the key", id="OpenSSL's key"),
        pytest.param("1.a.3=x", 0, "does not know the key", id="no OID"),
        pytest.param("\u017ft=x", 0, "does not know the key", id="long s is no S"),
        pytest.param("o\u0131d.1.2.3=x", 0, "does not know the key", id="dotless i is no I"),
        pytest.param("1.2.3.=x", 0, "does not know the key", id="OID that ends in a dot"),
        pytest.param("CN", 0, "no KEY=value", id="a key alone"),
        pytest.param("OID.STREET=x", 0, "does not know the key", id="prefix with a name"),
        pytest.param('CN="open', 3, "never closed", id="open quote"),
        pytest.param('CN="a" b', 7, "after the closing", id="text after the quotes"),
        pytest.param('CN=a"b', 4, "needs double quotes", id="quote inside"),
        pytest.param("CN=a+O=b", 4, "needs double quotes", id="plus sign"),
        pytest.param("CN=#0401", 3, "needs double quotes", id="hash sign"),
        pytest.param("E=日@b.example", 2, "ASCII", id="E takes seven bits"),
        pytest.param("C=Ü", 2, "two letters", id="C is printable"),
        pytest.param("CN=\ud800", 3, "surrogate", id="half a character"),
        pytest.param("CN=" + "a" * 198, MAX_LENGTH, "201 characters", id="too long"),
    ],
)
def test_what_the_service_refuses_is_refused_with_its_position(
    text: str, position: int, says: str
) -> None:
    with pytest.raises(SubjectError, match=says) as caught:
        Subject.parse(text)

    assert caught.value.position == position


def test_a_subject_of_the_greatest_length_is_taken() -> None:
    assert Subject.parse("CN=" + "a" * (MAX_LENGTH - 3)).values("CN") == ("a" * (MAX_LENGTH - 3),)


ARCS = st.integers(0, 2**31 - 1)
DOTTED = st.builds(
    lambda first, second, more: ".".join(map(str, (first, second, *more))),
    *(st.integers(0, 1), st.integers(0, 39), st.lists(ARCS, min_size=1, max_size=4)),
)
KEYS = st.sampled_from([*OIDS, "st", "Email", "title", "GivenName", "initials", "oid.2.5.4.17"])
VALUES = st.text(st.characters(codec="utf-8"), max_size=20) | st.text(' "+#=,;<>\\\n.a', max_size=9)
PARTS = st.lists(st.tuples(KEYS | DOTTED, VALUES), max_size=4)


def made(parts: list[tuple[str, str]]) -> Subject | None:
    try:
        return Subject.of(parts)
    except SubjectError:
        return None


SUBJECTS = PARTS.map(made).filter(lambda subject: subject is not None).map(lambda s: s or Subject())


@given(SUBJECTS)
def test_the_text_of_a_subject_reads_back_to_it(subject: Subject) -> None:
    assert Subject.parse(subject.text) == subject


@given(PARTS)
def test_parts_are_composed_as_they_would_be_read(parts: list[tuple[str, str]]) -> None:
    subject = made(parts)
    text = compose(parts)

    if subject is not None:
        assert text == subject.text
    else:
        with pytest.raises(SubjectError):
            Subject.parse(text)


@pytest.mark.parametrize(
    ("parts", "position", "says"),
    [
        pytest.param([("CN", "a"), ("E", "日@b.example")], 8, "ASCII", id="E takes seven bits"),
        pytest.param([("DC", "münchen")], 3, "ASCII", id="DC takes seven bits"),
        pytest.param([("C", "Ü")], 2, "two letters", id="C is printable"),
        pytest.param([("CN", "\udc00")], 3, "surrogate", id="half a character"),
        pytest.param([("CN", "a"), ("CN=b, O", "c")], 6, "does not know", id="more than a key"),
        pytest.param([("1.2.", "a")], 0, "does not know", id="half an OID"),
        pytest.param([("CN", "a" * 198)], MAX_LENGTH, "201 characters", id="too long"),
    ],
)
def test_what_no_text_can_say_is_refused_when_it_is_made(
    parts: list[tuple[str, str]], position: int, says: str
) -> None:
    with pytest.raises(SubjectError, match=says) as caught:
        Subject.of(parts)

    assert caught.value.position == position


def test_blanks_between_parts_are_given_up_where_they_make_a_subject_too_long() -> None:
    parts = [("DC", "a")] * 40

    assert Subject.of(parts).text == ",".join(["DC=a"] * 40)
    assert len(compose(parts)) == MAX_LENGTH - 1


@given(SUBJECTS)
def test_a_name_reads_back_to_its_subject(subject: Subject) -> None:
    assert Subject.from_name(subject.name) == subject


@given(st.text(max_size=80))
def test_any_text_gives_a_subject_or_a_subject_error(text: str) -> None:
    try:
        subject = Subject.parse(text)
    except SubjectError as error:
        assert 0 <= error.position <= len(text)
    else:
        assert subject.name.public_bytes()[0] == 0x30


def test_a_multi_valued_part_is_shown_with_a_plus_sign() -> None:
    pair = x509.RelativeDistinguishedName(
        [x509.NameAttribute(OIDS["CN"], "a"), x509.NameAttribute(OIDS["O"], "b")]
    )

    assert name_text(x509.Name([pair])) == "CN=a + O=b"


def test_a_name_is_shown_as_dotnet_shows_it() -> None:
    name = Subject.parse("O=Internet Widgits Pty Ltd, ST=Some-State, C=AU").name

    assert name_text(name) == "O=Internet Widgits Pty Ltd, S=Some-State, C=AU"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("CN=web, O=Contoso", "web"),
        ("O=Contoso, OU=Security", "Security"),
        ("C=US, O=Contoso", "Contoso"),
        ("C=US", "C=US"),
        ("", ""),
        ("CN=" + "w" * 64, "w" * 59 + "…"),
    ],
)
def test_a_name_for_a_picture_is_short(text: str, short: str) -> None:
    assert short_name(Subject.parse(text).name) == short


def test_a_name_for_a_picture_stays_on_one_line_and_keeps_its_direction() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a\n\u202eb")])

    assert short_name(name) == r"a\n\u202eb"
