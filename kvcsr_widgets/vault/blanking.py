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
"""Secrets that are known by what they look like."""

_LOGIN = re.compile(
    r"""((?: :// | _proxy \s{0,9} = \s{0,9} ["']? ) [^\s/?#@:"'<>\[\]]{0,200} : )
    (?! \d{1,5} (?: [/?\#\s"'<>(),;\]}] | \Z ) )  # a port
    (?: [^\s/"'<>]{1,200} | [^\s<>]{1,200}? ) @""",
    re.VERBOSE | re.IGNORECASE,
)
"""A password before the host of a URL (RFC 3986, 3.2.1), also one that was not escaped."""

_SCHEME = r"\b(?: bearer|pop|basic|negotiate )\s+ (?! \w{1,40}=[\"'] )"
_TOKEN = r"(?= [\w.~+/=-]{16} ) (?-i: (?= [a-z._~-]{0,200} [A-Z0-9+/=] ) )"  # noqa: S105 - a pattern
_NAMED = r"""
    (?: password|passwd|passphrase|secret|client[_-]?assertion|(?:api|account)[_-]?key
      | sharedaccess(?:key|signature) | (?<!check_)private_?key | identity_?-?header
      | (?<![a-z])(?: pwd | (?:refresh|access|id)[_-]?token | assertion ) )
"""
_SET = r"""(?: (?: \\{0,8}["'] ){0,2} \s* [=:]{1,2} >? \s* | > (?=\S) )"""
_FLAG = r"""
    (?<![\w-]) --?
    (?: [\w-]{0,40} (?: password|passwd|passphrase|secret|token|api-?key|account-?key )
      | (?:src|dest)?(?:store|key)pass )
    (?: \\{0,8}["'] ){0,2} ,? \s+
    (?! \\{0,8}["']? (?: --[a-z] | -[a-z] ["',\]]* (?!\S) ) )  # another flag
    (?! (?: is|are|was|or|and|to|for|with|in|of|if|when|as|at|on|from|must|can|cannot|needs
          | option|options|argument|flag|parameter )
      [,.:;)]? (?!\S) )  # words about the flag
"""
_TYPED = r"""
    \baz\ login\b (?: (?!az\ login) [^\n] ){0,300}? \s-p\s+ (?!-)
  | -pass(?:in|out)? \s+ pass:
"""
_SECURED = r"(?: \(? ConvertTo-SecureString \s+ (?: -(?:String|AsPlainText|Force) \s+ ){0,3} )"
_BEFORE = rf"""
    (?: {_SCHEME}{_TOKEN} | [?&](?:code|sig|se|sv|st)= | {_NAMED}{_SET} | {_FLAG} | {_TYPED} )
    {_SECURED}? | {_SECURED}
"""

_AFTER = re.compile(
    rf"""( {_BEFORE} )
    (?: ( (?P<escapes>\\{{0,8}})
          (?P<quote> " (?: (?P=escapes) " (?=\w) )? | ' (?: (?P=escapes) ' (?=\w) )? ) )
        (?: (?! (?<!\\)(?P=escapes)(?P=quote) ) [^\n] )+
      | [^\s"'&;<>] (?: [^\s"'&;<>] | ["'] (?! [\s,)}}\]] | \Z ) )* )""",
    re.VERBOSE | re.IGNORECASE,
)
"""What goes before a secret, its opening quote, and the secret.

It goes up to the same quote, with as many escapes before it, or to the end of the line; without a
quote, to a blank.
"""


def blanked(text: str, most: int = MAX_KEPT) -> str:
    """The text without secrets, of at most so many characters; an ellipsis ends a longer one."""
    plain = _WHOLE.sub(BLANKED, text[:MAX_READ])
    plain = _LOGIN.sub(rf"\1{BLANKED}@", plain)
    plain = _AFTER.sub(lambda found: f"{found[1]}{found[2] or ''}{BLANKED}", plain)
    if len(plain) <= most and len(text) <= MAX_READ:
        return plain
    return plain[: most - 1] + "…"
