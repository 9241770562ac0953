"""The service's refusals: status, code and text exactly as recorded, each named once."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """An answer other than success. ``inner`` is the ``innererror`` code where one is recorded."""

    def __init__(self, status: int, code: str, message: str, inner: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner


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
    return Refusal(403, "Forbidden", "Pending status must be in progress to allow update.")


def key_mismatch() -> Refusal:
    """400 for a merge with a certificate over another key (recorded, 2019)."""
    return bad_parameter(
        "The public key of the end-entity certificate in the specified X.509 certificate content "
        "does not match the public part of the specified private key. Please check if certificate "
        "is valid."
    )


def no_x5c() -> Refusal:
    """400 for a merge without certificates (azure-docs#100959)."""
    return bad_parameter("Property x5c has invalid value X5C must has at least one valid item")


def unreadable_x5c() -> Refusal:
    """400 for a merge with something that is no certificate (azure-powershell#24323)."""
    return bad_parameter("Unable to parse X5c certificate chain and locate leaf certificate")


def hardware_key() -> Refusal:
    """400 for an HSM key on a standard vault (azure-sdk-for-net#6551)."""
    return bad_parameter("Hardware key operation not allowed on standard vault")


def not_built(what: str) -> Refusal:
    """501 for a part of the service that this practice vault does not imitate yet."""
    return Refusal(501, "NotImplemented", f"The practice vault does not do this yet: {what}.")


def unauthorized(message: str) -> Refusal:
    """401; the app adds the challenge."""
    return Refusal(401, "Unauthorized", message)
