"""What the vault answers to a merge that it refuses, word for word."""

from __future__ import annotations

KEY_DIFFERS = (
    "The public key of the end-entity certificate in the specified X.509 certificate content does "
    "not match the public part of the specified private key. Please check if certificate is valid."
)
"""400 BadParameter to a certificate over another key (recorded, 2019; the article's FAQ)."""

NOT_IN_PROGRESS = "Pending status must be in progress to allow update."
"""403 Forbidden to a change of a finished request (azure-sdk-for-js#25758)."""


def issuer_at_work(issuer: str) -> str:
    """403 Forbidden to a merge while an integrated CA works (documented, the spelling theirs)."""
    return (
        f"Merge is forbidden on pending object created with issuer : {issuer} while it is in "
        "progess."
    )
