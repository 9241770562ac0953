"""A script for Azure CLI, written once and put into the words of bash and of PowerShell.

az gets the same arguments in both: what ``quoting.passes_everywhere`` refuses goes through a file,
as does a value that az would take for a file's name (``@file``, also behind the first ``=``: read
in the code of az 2.91).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kvcsr_widgets.runbook import quoting
from kvcsr_widgets.runbook.commands.steps import Form


@dataclass(frozen=True, slots=True)
class WriteJson:
    """Write an object into a file."""

    filename: str
    content: object


@dataclass(frozen=True, slots=True)
class WriteText:
    """Write a text into a file."""

    filename: str
    text: str


@dataclass(frozen=True, slots=True)
class CopyFile:
    """Give a file a name that az takes."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class ToPem:
    """Write the certificates of a DER or PKCS #7 file as PEM blocks."""

    source: str
    target: str
    form: Form


@dataclass(frozen=True, slots=True)
class Az:
    """Run az. With ``secret``, what is asked for under this name goes to its standard input."""

    arguments: tuple[str, ...]
    secret: str = ""


@dataclass(frozen=True, slots=True)
class SaveCsr:
    """Run az, which prints a CSR as bare base64, and save it as PEM in lines of 64."""

    arguments: tuple[str, ...]
    filename: str


Statement = WriteJson | WriteText | CopyFile | ToPem | Az | SaveCsr

_FILE_BEHIND_EQUALS = re.compile(r"[^=]*=@.", re.DOTALL)


def goes_as_it_is(value: str) -> bool:
    """Whether az gets this value unchanged, as a separate argument or behind ``--option=``."""
    return (
        quoting.passes_everywhere(value)
        and not value.startswith("@")
        and not _FILE_BEHIND_EQUALS.match(value)
    )


def options(values: dict[str, str], files: str) -> tuple[list[Statement], list[str]]:
    """The files to write and the arguments for options that have a value.

    ``files`` is how the files' names begin. What is empty is left out.
    """
    writes: list[Statement] = []
    arguments: list[str] = []
    for option, value in values.items():
        if not value:
            continue
        given = value
        if not goes_as_it_is(value):
            filename = f"{files}{option.lstrip('-')}.txt"
            writes.append(WriteText(filename, value))
            given = f"@{filename}"
        if given != value or given.startswith("-"):
            arguments.append(f"{option}={given}")  # an option's look would hide a value
        else:
            arguments += [option, given]
    return writes, arguments


def in_bash(script: Iterable[Statement]) -> str:
    """The script for bash."""
    return _whole(script, _bash, "(", ")")


def in_powershell(script: Iterable[Statement]) -> str:
    """The script for PowerShell, Windows PowerShell 5.1 included."""
    return _whole(script, _powershell, "& {", "}")


def _whole(
    script: Iterable[Statement], write: Callable[[Statement], str], opening: str, closing: str
) -> str:
    """The statements as lines; in a block if one asks, or it would take the next line pasted."""
    statements = list(script)
    lines = [write(statement) for statement in statements]
    asks = any(isinstance(each, Az) and each.secret for each in statements)
    return "\n".join([opening, *lines, closing] if asks else lines)


def to_json(content: object) -> str:
    """JSON that no encoding and no terminal changes: in ASCII, all of it to be seen.

    ``!`` is escaped too: older interactive shells look it up in their history even in a
    here-document.
    """
    return json.dumps(content, indent=2).replace("!", "\\u0021")


def _bash(statement: Statement) -> str:
    match statement:
        case WriteJson(filename, content):
            return f"cat > {quoting.bash(filename)} <<'EOF'\n{to_json(content)}\nEOF"
        case WriteText(filename, text):
            return f"printf %s {quoting.bash(text)} > {quoting.bash(filename)}"
        case CopyFile(source, target):
            return f"cp -- {quoting.bash(source)} {quoting.bash(target)}"
        case ToPem(source, target, form):
            reader = "x509 -inform DER" if form is Form.DER else "pkcs7 -print_certs -inform "
            reader += {Form.PKCS7_DER: "DER", Form.PKCS7_PEM: "PEM"}.get(form, "")
            return f"openssl {reader} -in {quoting.bash(source)} -out {quoting.bash(target)}"
        case Az(arguments, ""):
            return _words(arguments, quoting.bash)
        case Az(arguments, secret):
            return (
                f"IFS= read -rsp {quoting.bash(f'{secret}: ')} secret\n"
                f'printf %s "$secret" | {_words(arguments, quoting.bash)}'
            )
        case SaveCsr(arguments, filename):
            return (
                f"csr=$({_words(arguments, quoting.bash)}) && {{\n"
                "  echo '-----BEGIN CERTIFICATE REQUEST-----'\n"
                "  printf %s \"$csr\" | tr -d '\\r\\n' | fold -w 64; echo\n"
                "  echo '-----END CERTIFICATE REQUEST-----'\n"
                f"}} > {quoting.bash(filename)}"
            )


def _powershell(statement: Statement) -> str:
    quote = quoting.powershell
    match statement:
        case WriteJson(filename, content):
            return (
                f"@'\n{to_json(content)}\n'@ | "
                f"Set-Content -LiteralPath {quote(filename)} -Encoding ascii"
            )
        case WriteText(filename, text):
            return f"Set-Content -LiteralPath {quote(filename)} -Encoding utf8 -Value {quote(text)}"
        case CopyFile(source, target):
            return powershell_copy(source, target)
        case ToPem(source, target):
            return powershell_to_pem(source, target)
        case Az(arguments, ""):
            return _words(arguments, quoting.cli_in_powershell)
        case Az(arguments, secret):
            return (
                f"$secret = Read-Host -Prompt {quote(secret)} -AsSecureString\n"
                "[System.Net.NetworkCredential]::new('', $secret).Password | "
                f"{_words(arguments, quoting.cli_in_powershell)}"
            )
        case SaveCsr(arguments, filename):
            call = _words(arguments, quoting.cli_in_powershell)
            return f"$csr = {call}\n{powershell_save_csr(filename)}"


def powershell_copy(source: str, target: str) -> str:
    """Copy a file of any name."""
    return (
        f"Copy-Item -LiteralPath {quoting.powershell(source)} "
        f"-Destination {quoting.powershell(target)}"
    )


def powershell_to_pem(source: str, target: str) -> str:
    """Write a file's certificates as PEM blocks with .NET: what vouches for none stands first."""
    return (
        "$reply = New-Object System.Security.Cryptography.X509Certificates."
        "X509Certificate2Collection\n"
        f"$reply.Import((Get-Item -LiteralPath {quoting.powershell(source)}).FullName)\n"
        "$issuers = $reply | ForEach-Object { $_.Issuer }\n"
        "$reply | Sort-Object { $issuers -contains $_.Subject } | ForEach-Object {\n"
        "    '-----BEGIN CERTIFICATE-----'\n"
        "    [System.Convert]::ToBase64String($_.RawData, 'InsertLineBreaks')\n"
        "    '-----END CERTIFICATE-----'\n"
        f"}} | Set-Content -LiteralPath {quoting.powershell(target)} -Encoding ascii"
    )


def powershell_save_csr(filename: str) -> str:
    """Write ``$csr``, bare base64, as PEM in lines of 64."""
    return (
        "if ($csr) {\n"
        "    $lines = [regex]::Matches($csr, '.{1,64}') | ForEach-Object { $_.Value }\n"
        "    @('-----BEGIN CERTIFICATE REQUEST-----') + $lines + "
        "'-----END CERTIFICATE REQUEST-----' |\n"
        f"        Set-Content -LiteralPath {quoting.powershell(filename)} -Encoding ascii\n"
        "}"
    )


def _words(arguments: tuple[str, ...], quote: Callable[[str], str]) -> str:
    return " ".join(("az", *(a if _BARE.fullmatch(a) else quote(a) for a in arguments)))


_BARE = re.compile(r"--?[a-z][a-z-]*|[a-z][a-z-]*")
"""Options and commands, which mean themselves in both shells."""
