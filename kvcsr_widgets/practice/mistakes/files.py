"""Mistakes in the file around the certificates, and files that hold none."""

from __future__ import annotations

import base64
import codecs
import io
import textwrap
import zipfile
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ObjectIdentifier

from kvcsr_widgets.practice.mistakes.mistake import Job, Made, Mistake, in_a_file, pem

BULK = 30_000
"""Bytes of an extension in a leaf: with them it does not fit into a secret (25 KiB)."""
COMMENT = ObjectIdentifier("2.16.840.1.113730.1.13")
"""Netscape's certificate comment: CAs have long put sentences there."""

_MAIL = """\
From: Certificate Services <certificates@ca.example>
To: you@example.com
Subject: Your certificate has been issued
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear customer,

please find your certificate below.

> {quoted}

--
Certificate Services - this mail was written by a machine
"""

_PAGE = b"""<!DOCTYPE html>
<html lang="en"><head><title>Sign in - Certificate Services</title></head>
<body><form method="post"><label>User <input name="user"></label><button>Sign in</button></form>
</body></html>
"""


def utf16(job: Job) -> Made:
    """As Windows tools write a text file."""
    return Made("cer", codecs.BOM_UTF16_LE + _lines(job, "\r\n").encode("utf-16-le"))


def bare_base64(job: Job) -> Made:
    """The leaf without the lines around it."""
    text = base64.b64encode(job.leaf.public_bytes(Encoding.DER)).decode("ascii")
    return Made("txt", "\n".join(textwrap.wrap(text, 64)).encode())


def mail(job: Job) -> Made:
    """The chain in a mail that was answered."""
    return Made("eml", _MAIL.format(quoted=_lines(job, "\n> ")).encode())


def stray_end(job: Job) -> Made:
    """Windows' line ends, a last END line too many, and no end of the last line."""
    return Made("crt", (_lines(job, "\r\n") + "\r\n-----END CERTIFICATE-----").encode())


def duplicates(job: Job) -> Made:
    """Each certificate twice."""
    chain = job.chain(job.draft)
    return Made("pem", pem((*chain, *chain)))


def zipped(job: Job) -> Made:
    """Each certificate in a file of its own, all in a .zip."""
    content = io.BytesIO()
    names = ("certificate.cer", "issuing-ca.cer", "root-ca.cer")
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in zip(names, (*job.chain(job.draft), job.root), strict=True):
            archive.writestr(name, each.public_bytes(Encoding.DER))
    return Made("zip", content.getvalue())


def pfx_without_key(job: Job) -> Made:
    """The chain as PKCS #12, which can hold certificates alone."""
    leaf, *above = job.chain(job.draft)
    return Made(
        "pfx", pkcs12.serialize_key_and_certificates(None, None, leaf, above, NoEncryption())
    )


def pfx_with_key(job: Job) -> Made:
    """A certificate over a key that the CA made and sends along."""
    key = ec.generate_private_key(ec.SECP256R1())
    leaf, *above = job.chain(replace(job.draft, key=key.public_key()))
    return Made(
        "pfx", pkcs12.serialize_key_and_certificates(b"reply", key, leaf, above, NoEncryption())
    )


def request_returned(job: Job) -> Made:
    """The CSR itself."""
    return Made("csr", job.csr.public_bytes(Encoding.PEM))


def web_page(_job: Job) -> Made:
    """The CA's page in the place of the file."""
    return Made("cer", _PAGE)


def empty(_job: Job) -> Made:
    """Nothing."""
    return Made("p7b", b"")


def bulky(job: Job) -> tuple[x509.Certificate, ...]:
    """A leaf with an extension of thirty kilobytes."""
    bulk = x509.UnrecognizedExtension(COMMENT, bytes((0x16, 0x82)) + BULK.to_bytes(2) + b"*" * BULK)
    return job.chain(job.draft.having(bulk))


def _lines(job: Job, end: str) -> str:
    """The chain as PEM with line ends of a kind, none after the last line."""
    return pem(job.chain(job.draft)).decode("ascii").strip().replace("\n", end)


MISTAKES: dict[str, Mistake] = {
    "utf-16": Mistake(
        "File: UTF-16",
        "The text is in UTF-16 with a byte order mark, as Windows tools write it.",
        ("file-notes",),
        utf16,
    ),
    "bare-base64": Mistake(
        "File: bare base64",
        "The lines BEGIN and END are missing.",
        ("key-fits",),
        bare_base64,
    ),
    "mail": Mistake(
        "File: a mail with the certificate in its text",
        "Headers, a greeting and marks of quotation stand around and before the lines.",
        ("file-notes",),
        mail,
    ),
    "stray-end": Mistake(
        "File: a stray END line",
        "The lines end as Windows has it, and one END CERTIFICATE is too many.",
        ("key-fits",),
        stray_end,
    ),
    "duplicates": Mistake(
        "File: every certificate twice",
        "Each certificate stands in the file two times.",
        ("file-notes",),
        duplicates,
    ),
    "zip": Mistake(
        "File: a .zip",
        "The certificates come one by one in a .zip.",
        ("key-fits",),
        zipped,
    ),
    "pfx-without-key": Mistake(
        "File: a PFX without a key",
        "The certificates come as PKCS #12.",
        ("key-fits",),
        pfx_without_key,
    ),
    "pfx-with-key": Mistake(
        "File: a PFX with a private key",
        "The CA made a key of its own and sent it along: nobody should use it.",
        (),
        pfx_with_key,
    ),
    "csr-returned": Mistake(
        "File: the CSR sent back",
        "The file is the request itself.",
        (),
        request_returned,
    ),
    "web-page": Mistake(
        "File: a web page",
        "The CA's sign-in page was saved in the place of the certificate.",
        (),
        web_page,
    ),
    "empty": Mistake("File: empty", "The download was cut off before it began.", (), empty),
    "too-large": Mistake(
        "File: more than the vault takes",
        "A comment in the certificate makes it larger than what a secret of the vault holds.",
        ("too-large",),
        in_a_file(bulky),
    ),
}
