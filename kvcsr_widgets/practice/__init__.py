"""A vault and a CA to learn on. It is loaded only when practising, and is not for keys that matter.

The real Azure client talks to it in its own process (``transport``), other clients over HTTPS on
this machine (``server``). Where recorded traffic of the service shows an answer, this vault gives
the same answer: members and their order, codes, texts and headers.

What follows was chosen without evidence, as a careful service would do it. "Own text" means that
status and code are the service's, and the sentence is ours.

Requests
    - A cancelled request turns ``cancelled`` ten seconds after the PATCH, with every issuer. A
      PATCH that takes the cancellation back is answered and changes nothing.
    - A merge is refused with 403 once the request is completed; a cancelled or failed one may
      still be merged, as documented for integrated issuers. A merge compares the public key alone:
      an expired certificate is taken. More than a secret holds (25 KiB in base64) is refused (own
      text). Blanks in base64 do not count, and an armoured PKCS #7 is
      taken too.
    - With ``preserveCertOrder``, the secret shows a merged chain in the reverse of the order sent
      (polymind-inc/acmebot#1141), and an imported one in the file's order, in which a PFX has its
      leaf first. The member is shown from api-version 7.6 on, where it was sent.
    - The disabled version that stands for a request, its placeholder, is gone once a new request
      is made under its name. A certificate whose request was deleted before any merge stays in the
      list with ``includePending``. A PATCH of a placeholder's ``enabled`` counts once the
      certificate is there.
    - A CSR over P-384 or P-521 is signed with SHA-384 or SHA-512; SHA-256 is recorded for the
      others. Names stand in the order e-mail, DNS, UPN, URI, IP address. ``uris`` and
      ``ipAddresses`` are taken in every api-version.
    - Certificates cannot be named ``contacts`` or ``issuers``: those addresses are taken.

Policies
    - An unknown member, a wrong type or a bad value is refused as "Property X has invalid value",
      X being the nearest property for which that is recorded. ``validity_months`` ends at 1200.
      ``platformManaged``, ``basic_constraints`` and ``attributes`` are ignored.
    - An issuer that the vault does not have is 404 ``CertificateIssuerNotFound``.
    - ``AutoRenew`` with issuer Unknown is accepted and does nothing. ``EmailContacts`` sends
      nothing, ever.
    - A PATCH that changes the key's type does not keep its size or curve. ``reuse_key`` makes
      a new key where the old one does not fit the policy.
    - An import without a policy sets content type and issuer to their defaults again. A key of a
      size or curve that the vault does not make is ``KeySizeNotSupported``.

By itself
    - Self and integrated issuers answer as soon as the next request arrives, and deletions and
      recoveries show at once; the service was seen to take 20 and 5 to 8 seconds. ``Delays`` in
      ``rules`` makes it as slow.
    - What is due happens when the next request arrives, and is dated then: a renewal due in March
      and first asked for in June is dated June. At most 10 certificates
      are brought up to date before one request, besides the one that it names.
    - Self signs with the certificate's own key, as recorded. For integrated issuers the practice CA
      signs; which accounts it knows, by the length of the password, stands in ``issuers``.
    - A disabled certificate does not renew. A renewal waits while another request is in progress.
      It is tried once: if the issuer rejects it, or if an imported policy asks for what no CSR can
      hold, there is no second try until the certificate or its policy is changed.

Deletion and backup
    - A deleted certificate is kept for 90 days, in every vault. While its deletion goes on it is
      found neither under /certificates nor under /deletedcertificates, and create, recover and
      purge are a 409. While a recovery goes on, it is found under neither, and create is a 409.
    - A backup can be restored in any vault of the same file or folder, and in no other. A restore
      over an existing name or version is a 409 (own text).

Secrets and keys
    - Before the first merge there is neither: ``SecretNotFound`` and ``KeyNotFound``, with the text
      recorded for certificates. The secret of an expired certificate can be read; of a disabled
      certificate, only the key. Both show the tags. The lists of secrets and keys are not built.
    - A later policy does not make an older version's key exportable.
    - The PKCS #12 has no password, SHA-256 in its MAC and the key unencrypted, leaf first: the
      library writes no other order. The service was seen to write 3DES, and the root first.
    - A key that cannot be exported is withheld from PKCS #12 as from PEM.

The wire
    - ``versions`` lists finished versions only, and none for an unknown name. A name in another
      spelling of upper and lower case is the same certificate, shown as created.
    - An imported file, and a PFX in a merge, holds at most 25 KiB and asks for at most a million
      rounds of its password's hash.
    - A missing api-version, a bad ``maxresults`` or skip token, a restore of something else, a body
      over 2 MiB and a vault that is not there have own texts.
    - A token with a wrong signature is refused in the form recorded for an expired one.
    - The ``officer`` may read secrets too, which Azure's Certificates Officer may not; a ``reader``
      may not. Reading contacts asks for ``certificatecontacts/read``. A ``lister`` stands for an
      access policy with the permission List for certificates alone; the end of its refusal's
      sentence is ours.
    - A token lives one hour by the vault's clock. That clock, once moved, stays moved with the
      state, and never goes back. Over HTTPS, whoever knows the secret chooses a role.
    - Over HTTPS, folded header lines and an ambiguous Content-Length or Transfer-Encoding are
      refused.

Inside: behind the routes (``app``, ``routes``, ``handlers``) stand the rules (``shelf``, ``rules``,
``imports``, ``deletion``, ``backups``, ``issuers``, and ``service`` for what happens by itself),
with each vault's state in one SQLite file (``store``).
"""
