"""What a person types to sign a CSR with the ``openssl`` program, version 3."""

from __future__ import annotations

DEFAULT_DAYS = 199
"""Just under what public TLS certificates may last today: 200 days (CA/Browser Forum SC-081)."""

_SIGN = """\
# once: a CA of your own
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj "/CN=Test CA"
# for each request: look at it, sign it, pack certificate and chain together
openssl req -in {name}.csr -noout -verify -text
openssl x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial \\
  -copy_extensions copyall -days {days} -out {name}.pem
openssl crl2pkcs7 -nocrl -certfile {name}.pem -certfile ca.pem -outform DER -out {name}.p7b
"""


def signing_commands(name: str, *, days: int = DEFAULT_DAYS) -> str:
    """Shell lines that make ``name``.p7b from ``name``.csr under a CA of one's own.

    ``name`` is a certificate's name in the vault (letters, digits, hyphens), so it needs no
    quotes. ``-copy_extensions`` exists since OpenSSL 3.0.
    """
    return _SIGN.format(name=name, days=days)
