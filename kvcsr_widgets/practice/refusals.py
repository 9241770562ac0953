"""The service's refusals, each named once: status, code and text as recorded, or as noted."""

from __future__ import annotations

from kvcsr_widgets.pki import answers


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer other than success.

    ``inner`` is the ``innererror`` code where one is recorded, ``retry_after`` the header of that
    name in seconds.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        inner: str = "",
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner
        self.retry_after = retry_after


def bad_parameter(message: str) -> Refusal:
    """400 with the code of every complaint about what was sent."""
    return Refusal(400, "BadParameter", message)


def invalid_property(name: str, detail: str = "") -> Refusal:
    """400 for one property; the line end belongs to the recorded text."""
    return bad_parameter(f"Property {name} has invalid value{'. ' if detail else ''}{detail}\r\n")


def invalid_name(name: str) -> Refusal:
    """400 for a name that is not letters, digits and hyphens (az-acme-cli#14)."""
    return bad_parameter(f"The request URI contains an invalid name: {name}")


def conflict_pending() -> Refusal:
    """409 for a create while a request is in progress (recorded, 2019)."""
    return Refusal(
        409,
        "Conflict",
        "A new key vault certificate can not be created or imported while a pending key vault "
        "certificate's status is inProgress.",
    )


def no_certificate(name: str) -> Refusal:
    """404 for an unknown certificate or version (recorded, 2022)."""
    return Refusal(
        404,
        "CertificateNotFound",
        f"A certificate with (name/id) {name} was not found in this key vault. If you recently "
        "deleted this certificate you may be able to recover it using the correct recovery "
        "command. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125182",
    )


def no_pending(name: str) -> Refusal:
    """404 for a certificate without a request (recorded, 2018 to 2020)."""
    return Refusal(404, "PendingCertificateNotFound", f"Pending certificate not found: {name}")


def no_issuer() -> Refusal:
    """404 for an issuer that the vault does not have (recorded, 2018)."""
    return Refusal(404, "CertificateIssuerNotFound", "Issuer not found")


def not_in_progress() -> Refusal:
    """403 for a change to a finished request (azure-sdk-for-js#25758)."""
    return Refusal(403, "Forbidden", answers.NOT_IN_PROGRESS)


def key_mismatch() -> Refusal:
    """400 for a merge with a certificate over another key (recorded, 2019)."""
    return bad_parameter(answers.KEY_DIFFERS)


def no_x5c() -> Refusal:
    """400 for a merge without certificates (azure-docs#100959)."""
    return bad_parameter("Property x5c has invalid value X5C must has at least one valid item")


def unreadable_x5c() -> Refusal:
    """400 for a merge with something that is no certificate (azure-powershell#24323)."""
    return bad_parameter("Unable to parse X5c certificate chain and locate leaf certificate")


def too_much_for_a_secret(limit: int) -> Refusal:
    """400 for a merge of more than a secret holds (about-secrets.md). The text is ours."""
    return bad_parameter(f"The certificates are more than a secret holds: {limit} characters.")


def hardware_key() -> Refusal:
    """400 for an HSM key on a standard vault (azure-sdk-for-net#6551)."""
    return bad_parameter("Hardware key operation not allowed on standard vault")


def merge_forbidden(issuer: str) -> Refusal:
    """403 for a merge while the issuer works on the request (documented, spelling theirs)."""
    return Refusal(403, "Forbidden", answers.issuer_at_work(issuer))


def is_deleted(name: str) -> Refusal:
    """409 for a name that a deleted certificate holds (rcl issue #16)."""
    return Refusal(
        409,
        "Conflict",
        f"Certificate {name} is currently in a deleted but recoverable state, and its name cannot "
        "be reused; in this state, the certificate can only be recovered or purged.",
        "ObjectIsDeletedButRecoverable",
    )


def is_being(name: str, done: str) -> Refusal:
    """409 while it is being ``deleted`` or ``recovered`` (wording adapted from keys)."""
    return Refusal(
        409,
        "Conflict",
        f"Certificate {name} is currently being {done}.",
        f"ObjectIsBeing{done.capitalize()}",
    )


def name_taken(name: str) -> Refusal:
    """409 for a restore over a certificate that is there. The text is ours."""
    return Refusal(409, "Conflict", f"The certificate {name} exists already in this vault.")


def no_deleted(name: str) -> Refusal:
    """404 for a name that no deleted certificate holds (recorded, 2022)."""
    return Refusal(404, "CertificateNotFound", f"Deleted Certificate not found: {name}")


def no_contacts() -> Refusal:
    """404 where no contacts are set (recorded, 2018)."""
    return Refusal(404, "ContactsNotFound", "Contacts not found")


def no_object(kind: str, name: str) -> Refusal:
    """404 for the ``Secret`` or ``Key`` behind no certificate, in the words of certificates."""
    return Refusal(
        404,
        f"{kind}NotFound",
        f"A {kind.lower()} with (name/id) {name} was not found in this key vault. If you recently "
        f"deleted this {kind.lower()} you may be able to recover it using the correct recovery "
        "command. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125182",
    )


def secret_disabled() -> Refusal:
    """403 for the secret of a disabled certificate."""
    return Refusal(
        403,
        "Forbidden",
        "Operation get is not allowed on a disabled secret.",
        "SecretDisabled",
    )


def already_expired() -> Refusal:
    """400 for the import of an expired certificate (azure-sdk-for-net#24986)."""
    return bad_parameter("X509 Certificate is already expired")


def unreadable_pfx() -> Refusal:
    """400 for an import that is no PKCS #12, or has another password."""
    return bad_parameter(
        "The specified PKCS#12 X.509 certificate content can not be read. Please check if "
        "certificate is in valid PKCS#12 format."
    )


def unreadable_pem() -> Refusal:
    """400 for an import that is no PEM and no base64 of PEM."""
    return bad_parameter(
        "The specified PEM X.509 certificate content can not be read. Please check if certificate "
        "is in valid PEM format. Accepted formats: PEM content or Base64 encoded PEM content."
    )


def unexpected_pem() -> Refusal:
    """400 for PEM without exactly one unencrypted PKCS #8 key."""
    return bad_parameter(
        "The specified PEM X.509 certificate content is in an unexpected format. Check if "
        "certificate is in valid PEM format."
    )


def invalid_content() -> Refusal:
    """400 for an import whose certificate the vault cannot use."""
    return bad_parameter(
        "The specified X.509 certificate content is invalid. Error: One or more X.509 properties "
        "are invalid."
    )


def key_size(bits: int, supported: tuple[int, ...]) -> Refusal:
    """400 for a key of a size that the vault does not have (azure-docs#115129)."""
    return Refusal(
        400,
        "BadParameter",
        f"Unsupported key size ({bits}). Supported sizes are [{', '.join(map(str, supported))}]",
        "KeySizeNotSupported",
    )


def key_operations(unsupported: list[str]) -> Refusal:
    """400 for an EC certificate with the key usages of RSA (AzureKeyVault#22)."""
    quoted = ", ".join(f'"{operation}"' for operation in unsupported)
    return bad_parameter(
        f'Unsupported key operation(s): {quoted}. Supported values are "sign", "verify".'
    )


def forbidden_by_role(action: str, resource: str, vault: str, caller: str) -> Refusal:
    """403 for a caller whose role does not hold the action (issue threads, RBAC vaults)."""
    lines = (
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, please "
        "observe propagation time.",
        f"Caller: {caller}",
        f"Action: '{action}'",
        f"Resource: '{resource}'",
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: 'DeniedWithNoValidRBAC' ",
        f"Vault: {vault};location=practice",
    )
    return Refusal(403, "Forbidden", "".join(f"{line}\r\n" for line in lines), "ForbiddenByRbac")


def forbidden_by_policy(permission: str, vault: str, caller: str) -> Refusal:
    """403 for a caller whose access policy lacks a permission, such as ``certificates get``.

    The sentence is of issue threads, which break off behind the vault's name; the inner code is
    what the catalogue of codes has.
    """
    return Refusal(
        403,
        "Forbidden",
        f"The user, group or application '{caller}' does not have {permission} permission on key "
        f"vault '{vault};location=practice'.",
        "AccessDenied",
    )


def throttled(retry_after: int | None) -> Refusal:
    """429, with or without ``Retry-After``."""
    return Refusal(
        429,
        "Throttled",
        "Request was not processed because too many requests were received. Reason: "
        "VaultRequestTypeLimitReached",
        retry_after=retry_after,
    )


def unavailable(status: int) -> Refusal:
    """500 or 503 on demand. The texts are ours."""
    if status == 500:
        return Refusal(500, "InternalServerError", "The practice vault fails, as it was told to.")
    return Refusal(503, "ServiceUnavailable", "The practice vault is away, as it was told to be.")


def no_file(reason: str) -> Refusal:
    """503 while the vault's file cannot be used, as on a full disk. The text is ours."""
    return Refusal(503, "ServiceUnavailable", f"The practice vault's file fails: {reason}.")


def too_large(limit: int) -> Refusal:
    """413 for a body that is not read."""
    return Refusal(413, "RequestEntityTooLarge", f"A request holds at most {limit} bytes.")


def unauthorized(message: str) -> Refusal:
    """401; the app adds the challenge."""
    return Refusal(401, "Unauthorized", message)


def no_method(method: str) -> Refusal:
    """405 for a method that a path does not have, or an empty name (recorded)."""
    return Refusal(405, "MethodNotAllowed", f"HTTP {method} not allowed")


def no_vault(name: str) -> Refusal:
    """404 for a vault that is not there; in Azure, no name server would know it."""
    return Refusal(404, "VaultNotFound", f"There is no practice vault “{name}” here.")


def no_route() -> Refusal:
    """404 for a path that a vault does not have. The text is ours."""
    return Refusal(404, "NotFound", "The practice vault has no such route.")
