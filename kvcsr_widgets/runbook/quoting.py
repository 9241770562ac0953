"""Text as one argument of each tool: nothing in it is run, expanded or lost.

What a person pastes into a terminal goes through a line editor first, so characters that cannot
be seen (control characters, marks that turn the reading direction, ...) are written as escapes in
every tool.
"""

from __future__ import annotations

import re
import shlex

from kvcsr_widgets.errors import InputError

_PLAIN_IN_CMD = re.compile(r"[A-Za-z0-9 !#$'*+,\-./:;=?@\[\]_`{}~\\]+(?<!\\)")
_HIDDEN_IN_ASCII = re.compile(r"[\x00-\x1f\x7f]")
_POWERSHELL_RUNS = re.compile(r"[ -~]+|[^ -~]")


def bash(text: str) -> str:
    r"""One word of bash (also of zsh), for a command line or a script.

    POSIX XCU 2.2.2 by ``shlex``: nothing is special between single quotes, not even ``!`` of the
    history. What cannot be seen is written byte by byte in bash's ``$'\xHH'``, which does not
    depend on the locale. Raises InputError for NUL and lone surrogates.
    """
    _check(text)
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(map(_ansi_c, text)) + "'"


def powershell(text: str) -> str:
    """A string of PowerShell, as the argument of a cmdlet or in an expression.

    about_Quoting_Rules: nothing is special between single quotes, and a single quote is written
    twice. PowerShell takes the curly quotes U+2018 to U+201B for single quotes too, and Windows
    PowerShell 5.1 reads a script without a byte order mark in the machine's old code page
    (about_Character_Encoding), where parts of other characters become such quotes. So everything
    outside ASCII stands as ``[char]0x...``, and what is copied means the same everywhere.
    """
    parts = [_powershell_part(run) for run in _POWERSHELL_RUNS.findall(text)]
    if not parts or not parts[0].startswith("'"):
        parts.insert(0, "''")  # a string must stand at the left for + to join text
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def cli_in_powershell(text: str) -> str:
    """An argument of ``az``, called from PowerShell.

    Where ``passes_everywhere``, it is the string of ``powershell`` and arrives in every version
    on every system. Anything else is in the form for Windows, where ``az`` is a batch file, so
    that Windows PowerShell 5.1 and PowerShell 7 alike hand it over in the old way
    (about_Preferences, ``$PSNativeCommandArgumentPassing``: double quotes inside are not
    escaped) and ``cmd.exe`` reads it before Python does: double quotes around everything keep
    ``& | < > ^ ( )`` from cmd.exe, and a double quote is written twice. On Linux and macOS take
    ``powershell`` with PowerShell 7.3 or newer.

    Raises InputError for what no form carries there: ``%`` (cmd.exe puts variables in), line
    ends, control characters, lone surrogates, a backslash at the end or before a double quote.
    Put these into a file and write ``'@file'``, in quotes, as a bare ``@`` is PowerShell's
    splatting.
    """
    _check(text)
    if passes_everywhere(text):
        return powershell(text)
    if "%" in text or '\\"' in text or text.endswith("\\") or _HIDDEN_IN_ASCII.search(text):
        raise InputError(
            "This text cannot be given to az on a command line of PowerShell.",
            hint="Write it into a file and give az '@' and the file's name.",
        )
    return powershell('"' + text.replace('"', '""') + '"')


def passes_everywhere(text: str) -> bool:
    """Whether az gets this unchanged from any PowerShell on any system, in single quotes alone.

    Not if it is empty, ends in a backslash, or holds ``"``, ``%``, ``& | < > ^ ( )``, a control
    character or anything outside ASCII.
    """
    return bool(_PLAIN_IN_CMD.fullmatch(text))


def python(text: str) -> str:
    """A string literal of Python: ``repr``, which escapes what cannot be seen."""
    return repr(text)


def portal(text: str) -> str:
    """What to type into a field of the Azure portal: the text as it is, without quotes.

    Raises InputError for line ends and other characters that a field does not take.
    """
    _check(text)
    if _HIDDEN_IN_ASCII.search(text):
        raise InputError(
            "This text holds a line end or a control character, which no field takes.",
            hint="Take it out.",
        )
    return text


def _check(text: str) -> None:
    if "\0" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise InputError(
            "This text holds a character that no command line can hold.", hint="Take it out."
        )


def _ansi_c(mark: str) -> str:
    if mark.isprintable() and mark not in "\\'!":
        return mark
    return "".join(f"\\x{byte:02x}" for byte in mark.encode())


def _powershell_part(run: str) -> str:
    if " " <= run[0] <= "~":
        return "'" + run.replace("'", "''") + "'"
    code = ord(run)
    return f"[char]0x{code:X}" if code < 0x10000 else f"[char]::ConvertFromUtf32(0x{code:X})"
