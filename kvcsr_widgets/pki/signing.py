r"""What a person types to have a CSR signed outside: with ``openssl``, or by an AD CS with certreq.

Sources for the second: Microsoft's reference of ``certreq`` and ``certutil`` (the third file that
``-submit`` and ``-retrieve`` write is the chain as PKCS #7; ``-config`` takes ``Machine\CAName``);
[MS-WCCE] 3.2.2.6.2.1.4.5.9 (a CA ignores the request's subject unless the template says that the
enrollee supplies it); Microsoft, "How to request a certificate with a custom subject alternative
name" (do not let an Enterprise CA take names from request attributes).
"""

from __future__ import annotations

_OPENSSL = """\
# once: a CA of your own
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 3650 -subj "/CN=Test CA"
# for each request: look at it, sign it, pack certificate and chain together
openssl req -in {name}.csr -noout -verify -text
openssl x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial \\
  -copy_extensions copyall -days {days} -out {name}.pem
openssl crl2pkcs7 -nocrl -certfile {name}.pem -certfile ca.pem -outform DER -out {name}.p7b
"""

_CERTREQ = """\
certreq -submit -attrib "CertificateTemplate:WebServer" -config "CA-HOST\\CA-NAME" \
{name}.csr {name}.cer {name}.p7b
certreq -retrieve -config "CA-HOST\\CA-NAME" REQUEST-ID {name}.cer {name}.p7b
certutil -config "CA-HOST\\CA-NAME" "-ca.chain" ca-chain.p7b
"""

OPENSSL_NOTES = (
    "copyall takes over whatever the CSR asks for: look at the output of the line before it.",
    "Needs OpenSSL 3.0 or later.",
)

CERTREQ_NOTES = (
    "For a Windows machine of the domain, in cmd and in PowerShell alike. Put in the CA's machine "
    "and name (certutil -dump prints them) and the template's name, not its display name.",
    "Where an officer has to approve, the first line prints a RequestId: the second one fetches "
    "the certificate afterwards. The .p7b holds the certificate with its chain: merge that one. "
    "The third line brings the CA's own chain alone.",
    "The template decides: only one that takes the subject from the request honours the subject "
    "and the SAN extension of this CSR. Any other puts in what Active Directory says, and may "
    "override key usages too.",
    "Do not let anybody turn on EDITF_ATTRIBUTESUBJECTALTNAME2 at the CA: with it, anyone who may "
    "enrol for any template can ask for any name. This CSR does not need it.",
)


def openssl_commands(name: str, *, days: int) -> str:
    """Shell lines that make ``name``.p7b from ``name``.csr under a CA of one's own.

    ``name`` is of letters, digits and hyphens and begins with none, so it needs no quotes.
    ``-copy_extensions`` exists since OpenSSL 3.0.
    """
    return _OPENSSL.format(name=name, days=days)


def certreq_commands(name: str) -> str:
    """Lines for cmd or PowerShell that have an AD CS sign ``name``.csr and fetch ``name``.p7b.

    ``CA-HOST``, ``CA-NAME``, ``WebServer`` and ``REQUEST-ID`` are to be replaced by hand. The
    quotes are needed where a CA's or a template's name has blanks; neither shell expands anything
    inside them. Those around ``-ca.chain`` are for PowerShell, which would part it at the dot
    (PowerShell/PowerShell#6291).
    """
    return _CERTREQ.format(name=name)
