"""A vault and a CA to learn on. It is loaded only when practising, and is not for keys that matter.

The real Azure client talks to it in its own process (``transport``), other clients over HTTPS on
this machine (``server``). Behind the same routes (``app``, ``handlers``) stand the same rules
(``shelf``, ``rules``, ``imports``, ``deletion``, ``backups``, ``issuers``, ``service``), with each
vault's state in one SQLite file (``store``). Where recorded traffic of the service shows an answer,
this vault gives the same answer: members and their order, codes, texts and headers.

Chosen without evidence, as a careful service would do it:

Requests
    - A cancelled request turns ``cancelled`` ten seconds after the PATCH, with every issuer.
    - A merge is refused with 403 once the request is completed; a cancelled or failed one may
      still be merged, as documented for integrated issuers. A merge compares the public key alone:
      an expired certificate is taken.
    - With ``preserveCertOrder`` a merge leads to the reverse of the order sent (acmebot#1141), an
      import keeps the file's order. The member is shown from api-version 7.6 on, where it was sent.
    - Older placeholders are gone once a new request is made under their name. A certificate whose
      request was deleted before any merge stays in the list with ``includePending``.
    - A CSR over P-384 or P-521 is signed with SHA-384 or SHA-512; SHA-256 is recorded for the
      others. Names stand in the order e-mail, DNS, UPN, URI, IP address. ``uris`` and
      ``ipAddresses`` are taken in every api-version.

Policies
    - An unknown member, a wrong type or a bad value is "Property … has invalid value" with the
      nearest recorded property name. ``validity_months`` ends at 1200.
    - ``AutoRenew`` with issuer Unknown is accepted and does nothing. ``EmailContacts`` sends
      nothing, ever.
    - A PATCH that changes the key's type takes no size or curve over. ``reuse_key`` makes a new key
      where the old one does not fit the policy.

By itself
    - What is due happens when the next request arrives, and is dated then. At most 10 certificates
      are brought up to date before one request, besides the one that it names.
    - Self signs with the certificate's own key, as recorded. For integrated issuers the practice CA
      signs; which accounts it knows stands in ``issuers``. A disabled certificate does not renew.
    - An imported policy may ask for what no CSR can hold; then it does not renew.

Deletion and backup
    - While a deletion or a recovery goes on, everything that needs the name is a 409.
    - A backup can be restored in any vault of the same file or folder, and in no other. A restore
      over an existing name or version is a 409 with a text of our own.

Secrets and keys
    - Before the first merge there is neither. An expired one can be read; of a disabled one, the
      key can be read and the secret cannot. The lists of secrets and keys are not built.
    - The PKCS #12 has no password, SHA-256 in its MAC and the key unencrypted, leaf first: the
      library writes no other order. The service was seen to write 3DES, and the root first.
    - A key that cannot be exported is withheld from PKCS #12 as from PEM.

The wire
    - ``versions`` lists finished versions only, and none for an unknown name. A name in another
      spelling of upper and lower case is the same certificate, shown as created.
    - A missing api-version, a bad ``maxresults`` or skip token, a restore of something else and a
      body over 2 MiB have texts of our own.
    - A token with a wrong signature is refused in the form recorded for an expired one.
    - The ``officer`` may read secrets too. Reading contacts asks for ``certificatecontacts/read``.
"""
