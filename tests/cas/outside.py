"""Requests signed by programs that nobody here wrote, as their manuals say.

Each function finds ``web.csr`` in a folder, makes a CA there, and returns the file to bring back.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests import openssl
from tests.cas import programs

CA_CONFIG = """\
[ca]
default_ca = own
[own]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 90
policy = any
copy_extensions = copy
x509_extensions = leaf
[any]
countryName = optional
organizationName = optional
commonName = supplied
[leaf]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""

GNUTLS_CA = """\
organization = "Test"
cn = "GnuTLS CA"
ca
cert_signing_key
crl_signing_key
expiration_days = 365
"""
GNUTLS_LEAF = "expiration_days = 90\nhonor_crq_extensions\n"


def run(program: str, *arguments: str, folder: Path, **environment: str) -> None:
    """Run one of ``programs``; a failure fails the test with the program's words."""
    path = programs.path(program)
    assert path, programs.sentence()
    done = subprocess.run(
        [path, *arguments],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout


def _openssl(folder: Path) -> None:
    """``web.pem`` and ``ca.pem``."""
    openssl.make_ca(folder)
    openssl.sign(folder, "web.csr")
    (folder / "leaf.pem").rename(folder / "web.pem")


def openssl_pem(folder: Path) -> Path:
    """The leaf alone, as ``openssl x509`` writes it."""
    _openssl(folder)
    return folder / "web.pem"


def openssl_der(folder: Path) -> Path:
    """The leaf alone, in DER."""
    _openssl(folder)
    convert = ("x509", "-in", "web.pem", "-outform", "DER", "-out", "web.cer")
    openssl.openssl(*convert, cwd=folder)
    return folder / "web.cer"


def openssl_chain(folder: Path) -> Path:
    """Leaf and CA in a file, with the text that ``-text`` puts before each."""
    _openssl(folder)
    texts = [
        openssl.openssl("x509", "-in", name, "-text", cwd=folder) for name in ("web.pem", "ca.pem")
    ]
    (folder / "chain.pem").write_text("".join(texts))
    return folder / "chain.pem"


def openssl_p7b(folder: Path) -> Path:
    """Leaf and CA as PKCS #7 in PEM."""
    _openssl(folder)
    pack = ("crl2pkcs7", "-nocrl", "-certfile", "web.pem", "-certfile", "ca.pem")
    openssl.openssl(*pack, "-out", "web.p7b", cwd=folder)
    return folder / "web.p7b"


def openssl_pfx(folder: Path) -> Path:
    """Leaf and CA as PKCS #12 without a key, without a password."""
    _openssl(folder)
    pack = ("pkcs12", "-export", "-nokeys", "-in", "web.pem", "-certfile", "ca.pem")
    openssl.openssl(*pack, "-passout", "pass:", "-out", "web.pfx", cwd=folder)
    return folder / "web.pfx"


def openssl_ca(folder: Path) -> Path:
    """What ``openssl ca`` writes: a text, then the certificate; the policy orders the subject."""
    openssl.make_ca(folder)
    (folder / "ca.cnf").write_text(CA_CONFIG)
    (folder / "index.txt").touch()
    (folder / "serial").write_text("1000\n")
    sign = ("ca", "-batch", "-config", "ca.cnf", "-in", "web.csr", "-out", "web.crt")
    openssl.openssl(*sign, cwd=folder)
    return folder / "web.crt"


def _easy_rsa(folder: Path, *options: str) -> Path:
    """The folder ``pki`` after a request was signed."""
    pki = folder / "pki"
    common = {"EASYRSA_BATCH": "1", "EASYRSA_PKI": str(pki), "EASYRSA_REQ_CN": "Easy-RSA CA"}
    steps = (
        ("init-pki",),
        ("build-ca", "nopass"),
        ("import-req", str(folder / "web.csr"), "web"),
        (*options, "sign-req", "server", "web"),
    )
    for step in steps:
        run("easyrsa", *step, folder=folder, **common)
    return pki


def easy_rsa_crt(folder: Path) -> Path:
    """The issued file: a text, then the certificate. Usages are the CA's own."""
    return _easy_rsa(folder) / "issued" / "web.crt"


def easy_rsa_p7(folder: Path) -> Path:
    """PKCS #7 as ``export-p7`` makes it, of a request whose extensions were copied."""
    pki = _easy_rsa(folder, "--copy-ext")
    run("easyrsa", "export-p7", "web", folder=folder, EASYRSA_BATCH="1", EASYRSA_PKI=str(pki))
    return next(pki.rglob("web.p7b"))


def _gnutls(folder: Path) -> None:
    """``web.pem``, ``ca.pem`` and ``chain.pem`` with both, the leaf first."""
    (folder / "ca.tmpl").write_text(GNUTLS_CA)
    (folder / "leaf.tmpl").write_text(GNUTLS_LEAF)
    ca = ("--load-ca-certificate", "ca.pem", "--load-ca-privkey", "ca.key")
    steps = (
        ("--generate-privkey", "--key-type", "rsa", "--bits", "2048", "--outfile", "ca.key"),
        (
            *("--generate-self-signed", "--load-privkey", "ca.key"),
            *("--template", "ca.tmpl", "--outfile", "ca.pem"),
        ),
        (
            *("--generate-certificate", "--load-request", "web.csr", *ca),
            *("--template", "leaf.tmpl", "--outfile", "web.pem"),
        ),
    )
    for step in steps:
        run("certtool", *step, folder=folder)
    both = (folder / "web.pem").read_bytes() + (folder / "ca.pem").read_bytes()
    (folder / "chain.pem").write_bytes(both)


def certtool_pem(folder: Path) -> Path:
    """Leaf and CA in PEM."""
    _gnutls(folder)
    return folder / "chain.pem"


def certtool_p7(folder: Path) -> Path:
    """PKCS #7 of certificates alone."""
    _gnutls(folder)
    pack = ("--p7-generate", "--load-certificate", "chain.pem", "--outfile", "web.p7")
    run("certtool", *pack, folder=folder)
    return folder / "web.p7"


def certtool_p7_signed(folder: Path) -> Path:
    """PKCS #7 with a signature, as some CAs send their replies."""
    _gnutls(folder)
    both = (folder / "ca.pem").read_bytes() + (folder / "web.pem").read_bytes()
    (folder / "both.pem").write_bytes(both)
    (folder / "message").write_text("Your certificate.\n")
    pack = ("--p7-sign", "--load-certificate", "both.pem", "--load-privkey", "ca.key")
    run("certtool", *pack, "--infile", "message", "--outfile", "web.p7s", folder=folder)
    return folder / "web.p7s"
