"""A vault and a CA to learn on. It is loaded only when practising and never leaves this process.

The real Azure client talks to it (``transport``), over the same routes (``app``), under the same
rules (``rules``) and with its state in one SQLite file (``store``). Where recorded traffic of the
service shows an answer, this vault gives the same answer: members and their order, codes, texts
and headers.

Chosen without evidence, as a careful service would do it:

- A cancelled request turns ``cancelled`` ten seconds after the PATCH, with every issuer.
- A merge is refused with 403 once the request is completed; a cancelled one may still be merged,
  as Microsoft documents it for the requests of integrated issuers.
- ``versions`` lists finished versions only, and none for an unknown name. A certificate whose
  request was deleted before any merge stays in the list with ``includePending``.
- A CSR over P-384 or P-521 is signed with SHA-384 or SHA-512; SHA-256 is recorded for the others.
- An unknown member of a policy, a wrong type or a bad value is "Property … has invalid value"
  with the nearest recorded property name. A missing api-version, a bad ``maxresults`` or skip
  token and a body over 1 MiB have texts of our own.
- A name in another spelling of upper and lower case is the same certificate, shown as created.
- A token with a wrong signature is refused in the form recorded for an expired one.

Not built yet, and answered with 501 ``NotImplemented`` or 404: issuers other than Unknown, names
other than DNS names, import, updates of certificates and policies, deletion of certificates,
backup, contacts, issuers, and the secret and the key behind a certificate.
"""
