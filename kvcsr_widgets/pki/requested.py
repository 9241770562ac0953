"""The extensions that Key Vault puts into a CSR, before there is any key.

A CSR has one attribute, the extension request, with KeyUsage (critical), ExtendedKeyUsage,
SubjectAltName where there are names, and BasicConstraints (not critical), in this order, as every
decoded recording has it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS

NOT_A_CA = x509.BasicConstraints(ca=False, path_length=None)
_FIELDS = {name.lower(): field for name, field in KEY_USAGE_FIELDS.items()}


def key_usage(names: Sequence[str]) -> x509.KeyUsage:
    """The extension for Key Vault's spellings of key usages. Raises KeyError for an unknown one."""
    wanted = {_FIELDS[name.lower()] for name in names}
    return x509.KeyUsage(**{field: field in wanted for field in KEY_USAGE_FIELDS.values()})


def requested(
    usages: Sequence[str], ekus: Sequence[str], names: x509.SubjectAlternativeName | None
) -> list[x509.Extension[x509.ExtensionType]]:
    """The extensions of a CSR in its order, those without content left out.

    Raises ValueError or KeyError for what no extension can hold.
    """
    found: list[x509.ExtensionType] = []
    if usages:
        found.append(key_usage(usages))
    if ekus:
        found.append(x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in ekus]))
    if names:
        found.append(names)
    found.append(NOT_A_CA)
    return [x509.Extension(each.oid, isinstance(each, x509.KeyUsage), each) for each in found]
