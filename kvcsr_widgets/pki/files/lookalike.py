"""What else a CA's answer may be: each kind of file by its first bytes, its label or its outline.

Nothing is loaded that holds a private key: its outline is enough to tell it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509 import ocsp

from kvcsr_widgets.pki.facts import UNREADABLE, shown
from kvcsr_widgets.pki.files import der

ASK = "Ask the CA for the certificate as .cer, .pem or .p7b."
_AGAIN = "Download it again, or ask the CA to send it again."
_UNPACK = "Unpack it and choose the certificate files in it."
_SAVE = "Save the attached certificate file from it, or copy the certificate's text."
_SIGN_IN = "Sign in at the CA and download the certificate again."


@dataclass(frozen=True)
class Lookalike:
    """What bytes are that are no certificate.

    ``what`` goes on after “The file is ”; ``private`` tells that a private key is in it, and
    ``damaged`` that it was to be a certificate.
    """

    what: str
    hint: str = ASK
    why: str = ""
    private: bool = False
    damaged: bool = False


CSR = Lookalike(
    "a certificate signing request (CSR), not what the CA made of it",
    "Send this file to the CA and upload the certificate that comes back.",
)
PRIVATE_KEY = Lookalike("a private key", private=True)
PUBLIC_KEY = Lookalike("a public key, not a certificate")
CRL = Lookalike("a revocation list (CRL), not a certificate")
DAMAGED = Lookalike("a certificate that is damaged or cut off", _AGAIN, damaged=True)
STRANGE_DATA = Lookalike("binary data (ASN.1), but no certificate")
PROSE = Lookalike(
    "a PEM block with words instead of a certificate",
    f"Copy all of it, from its BEGIN line to its END line. {ASK}",
)
DAMAGED_MEMBER = Lookalike("damaged in the zip", _AGAIN)
EMPTY = Lookalike("empty", "Save it again from the CA's mail or page.")
NOTHING = Lookalike("without a certificate")
BINARY = Lookalike("binary data of a kind that is not known here")
LARGE = Lookalike("a certificate larger than what is read here, or with names that are")
CROWDED_TEXT = Lookalike("a text with too many PEM blocks")
CROWDED_PKCS7 = Lookalike("a PKCS #7 file with too many certificates")
DAMAGED_PKCS7 = Lookalike("a PKCS #7 file that is damaged", _AGAIN, damaged=True)
EMPTY_PKCS7 = Lookalike("a PKCS #7 file without a certificate")
ENCRYPTED_PKCS7 = Lookalike(
    "an encrypted message (PKCS #7, .p7m)",
    f"Open it with the mail program that it was sent to. {ASK}",
)
ZIP = Lookalike("a zip file within another file", _UNPACK)
LOCKED_PFX = Lookalike("a PFX (PKCS #12) that is protected by a password, or damaged")
OLD_PFX = Lookalike("a PFX (PKCS #12) encrypted in a way that is not read here (such as RC2)")
SLOW_PFX = Lookalike("a PFX (PKCS #12) that asks for too many rounds of its password's hash")
SPENT_PFX = Lookalike(
    "a PFX (PKCS #12) that asks for more rounds of its password's hash than are left at once",
    f"Choose it alone, without the other files. {ASK}",
)
LARGE_PFX = Lookalike("a PFX (PKCS #12) too large for a chain of certificates")
EMPTY_PFX = Lookalike("a PFX (PKCS #12) without a certificate")
PFX_WITH_KEY = Lookalike("a PFX (PKCS #12) with a private key", private=True)

_SSH = (b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-", b"---- BEGIN SSH2 PUBLIC KEY")
_MAIL = re.compile(
    r"(?:from|to|subject|date|received|return-path|delivered-to|message-id|mime-version|x-[a-z-]+)"
    r":? [^\n]*\n(?:[a-z-]+:|[ \t])"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")
_JSON = re.compile(r"[\[{]\s*[\[{\"\]}]")
_STARTS = (
    (b"%PDF", "a PDF document", _SAVE),
    (b"{\\rtf", "a formatted text (RTF)", _SAVE),
    (b"\x78\x9f\x3e\x22", "an Outlook attachment (winmail.dat)", "Ask for the file in a .zip."),
    (b"\xfe\xed\xfe\xed", "a Java keystore (JKS), which may hold a private key", ASK),
    (b"\xce\xce\xce\xce", "a Java keystore (JCEKS), which may hold a private key", ASK),
    (b"\x00\x00\x00\x00CERT", "a Windows certificate store (.sst)", "Export from it as .p7b."),
    (b"PK\x05\x06", "a zip without files", _AGAIN),
    (b"PK\x03\x04", ZIP.what, ZIP.hint),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"MSCF", "a Windows cabinet (.cab)", _UNPACK),
    (b"\x89PNG", "a picture (PNG)", ASK),
    (b"\xff\xd8\xff", "a picture (JPEG)", ASK),
    (b"GIF8", "a picture (GIF)", ASK),
    (b"MZ", "a Windows program", ASK),
    (b"\x7fELF", "a Linux program", ASK),
    (b"SQLite format 3", "a SQLite database", ASK),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut (.lnk)", "Choose the file behind it."),
    (b"[InternetShortcut]", "a link to a web page (.url)", _SIGN_IN),
    (b"\x00\x05\x16\x07", "a macOS side file (its name begins with ._)", "Choose the other file."),
    *((kind, "a public key for SSH, not a certificate", ASK) for kind in _SSH),
    (b"0\xef\xbf\xbd", "a binary certificate that was damaged by saving it as text", _AGAIN),
)
_TAR = slice(257, 262)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IN_OLE = (
    ("__substg1.0_", "an Outlook mail (.msg)"),
    ("__properties_version1.0", "an Outlook mail (.msg)"),
    ("WordDocument", "an old Word document (.doc)"),
    ("Workbook", "an old Excel workbook (.xls)"),
    ("PowerPoint Document", "an old PowerPoint document (.ppt)"),
)
"""Names in the directory of an OLE compound file, which is in UTF-16 (MS-CFB 2.6, MS-OXMSG 2)."""

_LABELS = (
    (r"PRIVATE KEY|PuTTY", PRIVATE_KEY),
    ("CERTIFICATE REQUEST", CSR),
    ("CRL", CRL),
    ("PUBLIC KEY", PUBLIC_KEY),
    ("PGP", Lookalike("an OpenPGP text, which is another kind of certificate")),
    ("PARAMETERS", Lookalike("a set of key parameters, not a certificate")),
    ("ATTRIBUTE CERTIFICATE", Lookalike("an attribute certificate (RFC 5755)")),
    ("SSL SESSION PARAMETERS", Lookalike("a saved TLS session")),
)


def of_start(data: bytes) -> Lookalike | None:
    """What files begin with these bytes, if it is known."""
    if data[_TAR] == b"ustar":
        return Lookalike("a tar archive", _UNPACK)
    if data.startswith(_OLE):
        return _of_ole(data)
    found = next((entry for entry in _STARTS if data.startswith(entry[0])), None)
    return Lookalike(*found[1:]) if found else None


def _of_ole(data: bytes) -> Lookalike:
    """What an OLE compound file is, by the names in it."""
    known = (what for name, what in _IN_OLE if name.encode("utf-16-le") in data)
    what = next(known, "an OLE compound file, such as an Outlook mail (.msg) or a .doc or .xls")
    return Lookalike(what, f"Open it in the program that made it. {_SAVE}")


def of_label(label: str) -> Lookalike:
    """What a PEM block of this label is, none of a certificate."""
    found = next((like for pattern, like in _LABELS if re.search(pattern, label)), None)
    return found or Lookalike(f"a PEM block “{shown(label)}”, not a certificate")


def of_der(data: bytes) -> Lookalike:
    """What DER is that is neither a certificate nor PKCS #7."""
    if data[:1] == b"\x30" and der.size(data) > len(data):
        there, whole = f"{len(data):,}", f"{der.size(data):,}"
        return Lookalike(f"damaged: cut off after {there} of {whole} bytes", _AGAIN, damaged=True)
    outline = bytes(tag for tag, _content in der.children(data))
    for is_it, like in _OUTLINES:
        if is_it(outline, data):
            return like
    return STRANGE_DATA


def of_text(text: str) -> Lookalike:
    """What a text without a certificate is."""
    start = text.lstrip()[:2000].lower()
    if start.startswith("putty-user-key-file") or _is_jwk(start):
        return PRIVATE_KEY
    if start.startswith(("<!doctype", "<html", "<head", "<body")):
        return Lookalike("a web page, perhaps the CA's sign-in page", _SIGN_IN)
    if start.startswith("<"):
        return Lookalike("an XML text without a certificate", _SIGN_IN)
    if _JSON.match(start):
        return Lookalike(
            "a JSON text without a certificate, perhaps an error",
            "Open it in an editor: it may say why the CA made no certificate.",
        )
    if _MAIL.match(start):
        return Lookalike("a mail without a certificate", _SAVE)
    return Lookalike(
        "a text that holds no certificate",
        f"A certificate begins with -----BEGIN CERTIFICATE----- or is a binary file. {ASK}",
    )


def _is_jwk(start: str) -> bool:
    """Whether JSON holds a private key as a JWK (RFC 7517)."""
    return '"kty"' in start and re.search(r'"[dk]"\s{0,9}:', start) is not None


def is_binary(text: str) -> bool:
    """Whether what was decoded is no text: it begins with control characters among others."""
    return _CONTROL.search(text, 0, 1000) is not None


def _reads(load: Callable[[bytes], object]) -> Callable[[bytes, bytes], bool]:
    def does(_outline: bytes, data: bytes) -> bool:
        try:
            load(data)
        except (NotImplementedError, *UNREADABLE):
            return False
        return True

    return does


def _is(pattern: bytes) -> Callable[[bytes, bytes], bool]:
    """Whether the tags of the outermost elements are these."""
    return lambda outline, _data: re.match(pattern, outline, re.DOTALL) is not None


def _begins_with_oid(then: bytes) -> Callable[[bytes, bytes], bool]:
    """SEQUENCE { SEQUENCE { OID ... } then }, the outline of a key with its algorithm."""

    def does(outline: bytes, data: bytes) -> bool:
        first = next(der.elements(der.children(data)[0][1]), (0, b"")) if outline else (0, b"")
        return outline == b"\x30" + then and first[0] == der.OID

    return does


_OUTLINES: tuple[tuple[Callable[[bytes, bytes], bool], Lookalike], ...] = (
    (_is(rb"\x02\x30\x04"), PRIVATE_KEY),  # PKCS #8, RFC 5958
    (_is(rb"\x02\x04(?:\xa0|\xa1|$)"), PRIVATE_KEY),  # RFC 5915
    (_is(rb"\x02{6}(?:\x02{3}.?)?$"), PRIVATE_KEY),  # DSA; RFC 8017
    (
        _begins_with_oid(b"\x04"),
        Lookalike("an encrypted private key", private=True),  # RFC 5958 section 3
    ),
    (_begins_with_oid(b"\x03"), PUBLIC_KEY),
    (_is(rb"\x02\x02$"), Lookalike("a public key or a set of parameters, not a certificate")),
    (_reads(x509.load_der_x509_csr), CSR),
    (_reads(x509.load_der_x509_crl), CRL),
    (_is(rb"\x0a(?:\xa0|$)"), Lookalike("an answer about revocation (OCSP), not a certificate")),
    (
        _reads(ocsp.load_der_ocsp_request),
        Lookalike("a question about revocation (OCSP), not a certificate"),
    ),
    (
        _is(rb"\x30\x30$"),
        Lookalike("an answer of a time stamp service, not a certificate"),  # RFC 3161
    ),
    (
        _is(rb"(?:\xa0\xa1?|\xa1)$"),
        Lookalike("a pair of cross-certificates, as a directory keeps it"),  # RFC 4523
    ),
    (_is(rb"\x06\xa0$"), ENCRYPTED_PKCS7),
    (_is(rb"\x30\x30\x03$"), DAMAGED),
)
