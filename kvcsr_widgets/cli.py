"""The command kvcsr: “kvcsr lab” and “kvcsr app” open the workbook, “kvcsr demo” shows the job.

“kvcsr vault serve” is the practice vault for any client of Key Vault, over HTTPS.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kvcsr_widgets import __version__
from kvcsr_widgets.errors import KvcsrError
from kvcsr_widgets.pki import chain
from kvcsr_widgets.pki.chain_picture import as_text, draw
from kvcsr_widgets.pki.leaf import choose_leaf
from kvcsr_widgets.pki.lifetimes import days_within
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.pki.signing import openssl_commands
from kvcsr_widgets.runbook.merging import merge, pending_request
from kvcsr_widgets.runbook.progress import next_step
from kvcsr_widgets.runbook.readback import Checked
from kvcsr_widgets.vault.client import CertificateAuthority, Vault
from kvcsr_widgets.vault.report import own_words
from kvcsr_widgets.vault.session import practise, serve
from kvcsr_widgets.voila import places

NOTEBOOKS = Path("notebooks")
START = NOTEBOOKS / "00-start-here.ipynb"
CONFIG = Path("binder")
DELAYS = {
    "issue": "how long issuers take (default: 0)",
    "cancel": "how long a cancellation takes (default: 10)",
    "delete": "how long a deletion or a recovery takes (default: 0)",
}
"""What the practice vault takes its time for, in seconds."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="kvcsr", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser(
        "lab",
        help="open JupyterLab on the first notebook; run it where notebooks/ is",
        add_help=False,
    )
    commands.add_parser(
        "app",
        help="open the workbook as one page, with Voilà; run it where notebooks/ is",
        add_help=False,
    )
    commands.add_parser("demo", help="create, sign and merge on a throw-away practice vault")
    _add_vault(commands.add_parser("vault", help="the practice vault without a notebook"))
    options, rest = parser.parse_known_args(argv)
    if options.command in ("lab", "app"):
        return lab(rest) if options.command == "lab" else app(rest)
    if rest:
        parser.error(f"{options.command} does not take these arguments: {' '.join(rest)}")
    try:
        if options.command == "vault":
            serve_vault(options)
        else:
            demo()
    except KvcsrError as error:
        said = (error.message, error.why, error.hint, own_words(error))
        print(" ".join(filter(None, said)), file=sys.stderr)
        return 1
    return 0


def _add_vault(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="vault_command", metavar="COMMAND", required=True)
    serving = commands.add_parser(
        "serve",
        help="serve it over HTTPS on this machine",
        description="Serve the practice vault over HTTPS until Ctrl-C or SIGTERM. One line of "
        "JSON on stdout says where it is (url, vaults), whom to trust (ca_file) and how clients "
        "sign in (identity_endpoint, identity_header).",
    )
    serving.add_argument(
        "--state",
        metavar="PATH",
        help="a file with one vault, or a folder (with a slash at its end) with several; the "
        "workbook's own by default",
    )
    serving.add_argument("--host", default="127.0.0.1", help="(default: %(default)s)")
    serving.add_argument("--port", type=_port, default=0, help="(default: a free one)")
    serving.add_argument(
        "--allow-remote",
        action="store_true",
        help="let other machines connect: whoever has identity_header is an officer of the vault",
    )
    for name, text in DELAYS.items():
        serving.add_argument(
            f"--{name}-delay",
            dest=name,
            type=_seconds,
            default=argparse.SUPPRESS,
            metavar="SECONDS",
            help=text,
        )


def serve_vault(options: argparse.Namespace) -> None:
    """Serve the practice vault until a signal ends it."""
    serve(
        options.state,
        host=options.host,
        port=options.port,
        allow_remote=options.allow_remote,
        **{name: getattr(options, name) for name in DELAYS if name in options},
    )


def _port(text: str) -> int:
    return _whole(text, 65535)


def _seconds(text: str) -> int:
    return _whole(text, 86_400)


def _whole(text: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number up to {most}")
    return int(text)


def lab(options: Sequence[str]) -> int:
    """JupyterLab on the first notebook; ``options`` are JupyterLab's own, such as --no-browser.

    It listens on this machine only, asks nothing at its first start, and has the kernel work on one
    thing at a time (``binder/labconfig``): widgets in a thread beside the cells get out of order.
    ``--allow-root`` matters in containers alone: elsewhere nobody works as root.
    """
    if not _here():
        return 1
    places.use(CONFIG)
    from jupyterlab.labapp import main as start  # slow to import, and of no use to the demo

    start(
        [
            "--allow-root",
            "--ip=localhost",
            f"--ServerApp.root_dir={Path.cwd()}",
            f"--LabApp.default_url=/lab/tree/{START.as_posix()}",
            *options,
        ]
    )
    return 0


def app(options: Sequence[str]) -> int:
    """The one-page app by Voilà; ``options`` are Voilà's own, such as --no-browser.

    It listens on this machine only, and to those who have the token that it prints.
    """
    if not _here():
        return 1
    places.use(CONFIG)
    from kvcsr_widgets.voila.app import App  # slow to import, as above

    App.launch_instance([f"--Voila.root_dir={NOTEBOOKS.absolute()}", *options])
    return 0


def _here() -> bool:
    if not START.is_file():
        print(f"There is no {START} here. Run this in the clone's folder.", file=sys.stderr)
    return START.is_file()


def demo() -> None:
    """The whole job on a practice vault that is thrown away, each step with what it made."""
    with tempfile.TemporaryDirectory(prefix="kvcsr-demo-") as folder:
        vault = practise(Path(folder) / "vault.sqlite")
        try:
            assert vault.authority is not None
            _demo(vault, vault.authority)
        finally:
            vault.close()


def _demo(vault: Vault, authority: CertificateAuthority) -> None:
    plan = CertificatePlan(
        name="www-contoso-com",
        subject='CN=www.contoso.com, O="Contoso, Inc.", C=US',
        names=Names(dns=("www.contoso.com", "contoso.com")),
        key=KeyChoice.EC_P256,
    )
    _step(1, f"Create a request in {vault.host}")
    operation = vault.create(plan)
    assert operation.csr is not None
    _rows([("Request", operation.name), ("State", operation.status.value), *operation.csr.rows()])
    print(operation.csr.pem)

    _step(2, "Have a CA sign the CSR (here the practice CA)")
    now = datetime.now(UTC)
    days = days_within(now.date())
    reply = authority.sign(operation.csr.der, days=days).file("p7b")
    signed = read_signed(reply, f"{operation.name}.p7b")
    _rows([("Reply", f"{operation.name}.p7b, {len(signed.certificates)} certificates")])
    print("The same outside, with openssl:\n")
    print(openssl_commands(operation.name, days=days))

    _step(3, "Look before the merge")
    request = pending_request(operation, plan=plan)
    leaf = choose_leaf(request, signed, now)
    assert leaf is not None
    found = chain.build(leaf, signed.certificates, now)
    print(textwrap.indent(as_text(draw(found, now)), "   ") + "\n")
    for finding in preflight(request, signed, now, leaf=leaf):
        print(f"   {finding.title} {finding.detail}".rstrip())

    _step(4, "Merge, and read back")
    merged = merge(vault, request, found)
    _rows([(each.label, f"{each.found}{_verdict(each)}") for each in merged.checks])
    after = vault.operation(operation.name)
    _rows([("Next", next_step(after, enabled=merged.certificate.enabled))])


def _verdict(checked: Checked) -> str:
    return ", as expected" if checked.ok else f", expected: {checked.expected}"


def _step(number: int, title: str) -> None:
    print(f"\n{number}. {title}\n")


def _rows(rows: Sequence[tuple[str, str]]) -> None:
    for label, value in rows:
        print(f"   {label:<26} {value}")
