"""What must not be shown of an error text: tokens, passwords, keys. Each becomes ``[blanked]``."""

from __future__ import annotations

import re

BLANKED = "[blanked]"
MAX_READ = 65_536
MAX_KEPT = 8_192
"""Characters of a text that are looked at, and of those how many are kept."""

_WHOLE = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)"
    r"|\beyJ[\w-]{10,}(?:\.[\w-]*){0,4}"  # a JSON Web Token, RFC 7519
    r"|(?<![\w.~-])[\w.~-]{3}[0-9]Q~[\w.~-]{31,34}(?![\w.~-])",  # a client secret of Entra
    re.DOTALL,
)
_AFTER = re.compile(
    r"""(
        \b(?:bearer|pop|basic|negotiate)\s+(?=[\w.~+/=-]{16})
      | [?&](?:code|sig|se|sv|st)=
      | (?<![a-z])(?:client_?secret|password|passwd|pwd|passphrase|secret|api_?-?key
           |sharedaccess(?:key|signature)|account_?key|(?<!check_)private_?key
           |(?:refresh|access|id)_?token|(?:client_)?assertion|identity_?-?header)
        \\{0,8}["']?\s*[=:]\s*
    )
    (?: \\{0,8}["'] [^"'\n]+ | [^\s"'&;<>]+ )""",
    re.VERBOSE | re.IGNORECASE,
)
"""What goes before a secret, and the secret: up to its closing quote, or to a blank."""


def blanked(text: str, most: int = MAX_KEPT) -> str:
    """The text without secrets, of at most so many characters; an ellipsis ends a longer one."""
    plain = _AFTER.sub(rf"\1{BLANKED}", _WHOLE.sub(BLANKED, text[:MAX_READ]))
    if len(plain) <= most and len(text) <= MAX_READ:
        return plain
    return plain[: most - 1] + "…"
