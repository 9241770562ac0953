"""What the extensions and attributes of a CSR say, as label and value (RFC 2985, RFC 2986)."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509

from kvcsr_widgets.pki import altnames, facts

EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
"""The attribute that holds the extensions (RFC 2985 section 5.4.2)."""

NOT_A_CA = "not a CA"

CHALLENGE_PASSWORD = x509.ObjectIdentifier("1.2.840.113549.1.9.7")

_ATTRIBUTES = {
    EXTENSION_REQUEST: "extension request",
    "1.2.840.113549.1.9.2": "unstructured name",
    "1.3.6.1.4.1.311.13.2.2": "Microsoft enrolment provider",
    "1.3.6.1.4.1.311.13.2.3": "Microsoft OS version",
    "1.3.6.1.4.1.311.21.20": "Microsoft request client",
}
_TOLD = (
    x509.SubjectAlternativeName,
    x509.KeyUsage,
    x509.ExtendedKeyUsage,
    x509.BasicConstraints,
)


def rows(request: x509.CertificateSigningRequest) -> Iterator[tuple[str, str]]:
    """Every extension and attribute; what cannot be decoded is said and shown as it is."""
    try:
        with facts.unwarned():
            extensions = request.extensions
    except facts.UNREADABLE as error:
        yield "Extensions", f"(cannot be read: {facts.shown(str(error))})"
        yield from _attributes(request, hidden=())
        return
    yield "DNS and other names", _names(extensions)
    yield "Key usage", _marked(extensions, x509.KeyUsage, facts.key_usages(extensions))
    ekus = facts.extended_key_usages(extensions)
    yield "Extended key usage", _marked(extensions, x509.ExtendedKeyUsage, ekus)
    constraints = basic_constraints(extensions)
    yield (
        "Basic constraints",
        _marked(extensions, x509.BasicConstraints, [constraints] if constraints else []),
    )
    yield from others(extensions)
    yield from _attributes(request, hidden=(EXTENSION_REQUEST,))


def basic_constraints(extensions: x509.Extensions) -> str:
    """``not a CA``, ``a CA``, ``a CA, path length 0``, or empty without the extension."""
    try:
        found = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return ""
    if not found.ca:
        return NOT_A_CA
    return "a CA" if found.path_length is None else f"a CA, path length {found.path_length}"


def others(extensions: x509.Extensions) -> Iterator[tuple[str, str]]:
    """The extensions that have no row of their own: name and OID, and the value in hexadecimal."""
    for extension in extensions:
        value, oid = extension.value, extension.oid.dotted_string
        if isinstance(value, _TOLD):
            continue
        unknown = isinstance(value, x509.UnrecognizedExtension)
        label = oid if unknown else f"{type(value).__name__} ({oid})"
        critical = " (critical)" if extension.critical else ""
        yield f"Extension {label}", _encoded(value) + critical


def _encoded(value: x509.ExtensionType) -> str:
    try:
        return facts.hexadecimal(value.public_bytes())
    except facts.UNREADABLE as error:  # some hostile values are read and cannot be written
        return f"(cannot be shown: {facts.shown(str(error))})"


def _names(extensions: x509.Extensions) -> str:
    names = [facts.shown(str(name)) for name in altnames.held(extensions)]
    return _marked(extensions, x509.SubjectAlternativeName, names)


def _marked(
    extensions: x509.Extensions,
    kind: type[x509.ExtensionType],
    values: list[str] | tuple[str, ...],
) -> str:
    if not values:
        return "(none)"
    critical = extensions.get_extension_for_class(kind).critical
    return ", ".join(values) + (" (critical)" if critical else "")


def _attributes(
    request: x509.CertificateSigningRequest, *, hidden: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    try:
        attributes = list(request.attributes)
    except facts.UNREADABLE as error:
        yield "Attributes", f"(cannot be read: {facts.shown(str(error))})"
        return
    for attribute in attributes:
        oid = attribute.oid.dotted_string
        if attribute.oid == CHALLENGE_PASSWORD:
            yield f"Attribute challenge password ({oid})", "(there is one; it is not shown)"
        elif oid not in hidden:
            label = f"{_ATTRIBUTES[oid]} ({oid})" if oid in _ATTRIBUTES else oid
            yield f"Attribute {label}", facts.hexadecimal(attribute.value)
