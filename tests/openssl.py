"""The real ``openssl`` program, playing the CA outside."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cryptography import x509


def openssl(*arguments: str, cwd: Path) -> str:
    """Run openssl and return what it prints; a failure fails the test with its words."""
    done = subprocess.run(
        ["openssl", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def make_ca(folder: Path) -> None:
    """A CA of the test's own: ca.key and ca.pem."""
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
        *("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=Test/CN=Outside CA"),
        cwd=folder,
    )


def sign(folder: Path, csr: str) -> Path:
    """Sign the CSR file and pack the chain; returns the path of the .p7b."""
    openssl(
        *("x509", "-req", "-in", csr, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"),
        *("-copy_extensions", "copyall", "-days", "90", "-out", "leaf.pem"),
        cwd=folder,
    )
    openssl(
        *("crl2pkcs7", "-nocrl", "-certfile", "leaf.pem", "-certfile", "ca.pem"),
        *("-outform", "DER", "-out", "leaf.p7b"),
        cwd=folder,
    )
    return folder / "leaf.p7b"


def old_chain(folder: Path, *, hashed: str, bits: int = 2048) -> tuple[x509.Certificate, ...]:
    """A leaf and a root that are signed with an old hash, which ``cryptography`` does not write."""
    openssl(
        *("req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-keyout", "old.key"),
        *("-days", "90", f"-{hashed}", "-out", "old.pem", "-subj", "/CN=Old CA"),
        cwd=folder,
    )
    openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "new.key", "-out", "new.csr"),
        *("-subj", "/CN=www.contoso.com"),
        cwd=folder,
    )
    openssl(
        *("x509", "-req", "-in", "new.csr", "-CA", "old.pem", "-CAkey", "old.key"),
        *("-days", "30", f"-{hashed}", "-CAcreateserial", "-out", "new.pem"),
        cwd=folder,
    )
    files = (folder / name for name in ("new.pem", "old.pem"))
    return tuple(x509.load_pem_x509_certificate(file.read_bytes()) for file in files)


def shell(lines: str, *, cwd: Path) -> None:
    """Run shell lines as a person would paste them; the first failure fails the test."""
    done = subprocess.run(
        ["bash", "-eu"], input=lines, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
