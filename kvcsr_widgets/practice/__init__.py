"""A vault and a CA to learn on. It is loaded only when practising, and is not for keys that matter.

The real Azure client talks to it in its own process (``transport``), other clients over HTTPS on
this machine (``server``). Behind the same routes (``app``, ``handlers``) stand the same rules
(``shelf``, ``rules``, ``imports``, ``deletion``, ``backups``, ``issuers``, ``service``), with each
vault's state in one SQLite file (``store``). Where recorded traffic of the service shows an answer,
this vault gives the same answer: members and their order, codes, texts and headers.

Chosen without evidence, as a careful service would do it:

Requests
    - A cancelled request turns ``cancelled`` ten seconds after the PATCH, with every issuer. A
      PATCH that takes the cancellation back is answered and changes nothing.
    - A merge is refused with 403 once the request is completed; a cancelled or failed one may
      still be merged, as documented for integrated issuers. A merge compares the public key alone:
      an expired certificate is taken. Blanks in base64 do not count, and an armoured PKCS #7 is
      taken too.
    - With ``preserveCertOrder`` a merge leads to the reverse of the order sent (acmebot#1141), an
      import keeps the file's order, in which a PFX has its leaf first. The member is shown from
      api-version 7.6 on, where it was sent.
    - Older placeholders are gone once a new request is made under their name. A certificate whose
      request was deleted before any merge stays in the list with ``includePending``. A placeholder
      stays disabled; a PATCH of ``enabled`` counts once the certificate is there.
    - A CSR over P-384 or P-521 is signed with SHA-384 or SHA-512; SHA-256 is recorded for the
      others. Names stand in the order e-mail, DNS, UPN, URI, IP address. ``uris`` and
      ``ipAddresses`` are taken in every api-version.
    - Certificates cannot be named ``contacts`` or ``issuers``: those addresses are taken.

Policies
    - An unknown member, a wrong type or a bad value is "Property … has invalid value" with the
      nearest recorded property name. ``validity_months`` ends at 1200. ``platformManaged``,
      ``basic_constraints`` and ``attributes`` are read over.
    - An issuer that the vault does not have is 404 ``CertificateIssuerNotFound``.
    - ``AutoRenew`` with issuer Unknown is accepted and does nothing. ``EmailContacts`` sends
      nothing, ever.
    - A PATCH that changes the key's type takes no size or curve over. ``reuse_key`` makes a new key
      where the old one does not fit the policy.
    - An import without a policy sets content type and issuer to their defaults again. A key of a
      size or curve that the vault does not make is ``KeySizeNotSupported``.

By itself
    - Self and integrated issuers answer as soon as the next request arrives, and deletions and
      recoveries show at once; the service was seen to take 20 and 5 to 8 seconds. ``Delays`` in
      ``rules`` makes it as slow.
    - What is due happens when the next request arrives, and is dated then. At most 10 certificates
      are brought up to date before one request, besides the one that it names.
    - Self signs with the certificate's own key, as recorded. For integrated issuers the practice CA
      signs; which accounts it knows, by the length of the password, stands in ``issuers``.
    - A disabled certificate does not renew. A renewal waits while another request is in progress,
      and is tried once: not again if the issuer rejects it, or if an imported policy asks for what
      no CSR can hold.

Deletion and backup
    - A deleted certificate is kept for 90 days, in every vault. While its deletion goes on it is
      found in neither place, and create, recover and purge are a 409; while a recovery goes on, it
      is found nowhere and create is a 409.
    - A backup can be restored in any vault of the same file or folder, and in no other. A restore
      over an existing name or version is a 409 with a text of our own.

Secrets and keys
    - Before the first merge there is neither: ``SecretNotFound`` and ``KeyNotFound`` in the words
      of certificates. An expired one can be read; of a disabled one, the key can be read and the
      secret cannot. Both show the tags. The lists of secrets and keys are not built.
    - A version stays what its policy said when it was made: no later one makes its key exportable.
    - The PKCS #12 has no password, SHA-256 in its MAC and the key unencrypted, leaf first: the
      library writes no other order. The service was seen to write 3DES, and the root first.
    - A key that cannot be exported is withheld from PKCS #12 as from PEM.

The wire
    - ``versions`` lists finished versions only, and none for an unknown name. A name in another
      spelling of upper and lower case is the same certificate, shown as created.
    - A missing api-version, a bad ``maxresults`` or skip token, a restore of something else, a body
      over 2 MiB and a vault that is not there have texts of our own.
    - A token with a wrong signature is refused in the form recorded for an expired one.
    - The ``officer`` may read secrets too. Reading contacts asks for ``certificatecontacts/read``.
    - Over HTTPS, folded header lines, and lengths that two readers might understand in two ways,
      are refused.
"""
