"""Open a vault: ``practise()`` for the one that comes along, ``connect()`` for a real one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import platformdirs
from azure.core.credentials import AccessToken, TokenCredential
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.errors import AddressError, InputError, PracticeError
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.pace import Pace
from kvcsr_widgets.vault.place import refuse_on_binder
from kvcsr_widgets.vault.transport import OneToken, PacedTransport, Retries, pooled_session

if TYPE_CHECKING:
    from kvcsr_widgets.practice.clock import MovableClock
    from kvcsr_widgets.practice.faults import Faults
    from kvcsr_widgets.practice.rules import Delays
    from kvcsr_widgets.practice.transport import Practice

CLOUDS = {
    "vault.azure.net": "login.microsoftonline.com",
    "vault.azure.cn": "login.chinacloudapi.cn",
    "vault.usgovcloudapi.net": "login.microsoftonline.us",
}
"""Key Vault's domains and where to sign in for each: public Azure, China (21Vianet), US Gov."""

CONNECT_TIMEOUT = 10
READ_TIMEOUT = 30
"""Seconds to wait for a connection and for an answer."""

_VAULT_NAME = re.compile(r"[a-z](?:-?[a-z0-9])+", re.IGNORECASE)


class SignIn(Enum):
    """The ways to sign in at a real vault."""

    DEFAULT = "whatever is signed in already"
    AZURE_CLI = "Azure CLI (az login)"
    BROWSER = "a browser window on this machine"
    DEVICE_CODE = "a code to type in on another device"
    MANAGED_IDENTITY = "this machine's managed identity"
    ENVIRONMENT = "a service principal from the environment"


@dataclass(frozen=True)
class Rehearsal:
    """A practice vault whose time can be moved on and whose network can fail."""

    vault: Vault
    clock: MovableClock
    faults: Faults


def rehearse(path: str | Path) -> Rehearsal:
    """Open a practice vault for a drill. It is one of its own: the clock's moves stay in its file.

    Raises PracticeError if the file cannot be used.
    """
    from kvcsr_widgets.practice.clock import MovableClock  # only here: design of the package
    from kvcsr_widgets.practice.faults import Faults

    clock, faults = MovableClock(), Faults()
    return Rehearsal(practise(path, clock=clock, faults=faults), clock, faults)


def practise(
    path: str | Path | None = None,
    *,
    name: str = "practice",
    role: str = "officer",
    clock: Callable[[], float] | None = None,
    delays: Delays | None = None,
    faults: Faults | None = None,
) -> Vault:
    """Open the practice vault in a file, or the one in the user's data folder.

    A file is made where there is none. A folder, whose ``name`` is one of its vaults, is one that
    exists or a path that ends in a slash. ``role`` is ``officer``, ``reader``, ``lister``
    (may list, but not read one) or ``none``. ``clock`` gives the vault's time as Unix seconds, the
    machine's by default;
    ``practice.clock.MovableClock`` is one for drills, as ``practice.faults.Faults`` and
    ``practice.rules.Delays`` are. Raises PracticeError if the file cannot be used, InputError for
    an unknown role.
    """
    from kvcsr_widgets.practice.roles import ROLES  # only here: design of the package
    from kvcsr_widgets.practice.rules import DEFAULT_DELAYS
    from kvcsr_widgets.practice.transport import Practice

    if role not in ROLES:
        raise InputError(f"“{role}” is no role here.", hint=f"It is one of {', '.join(ROLES)}.")
    practice = Practice(
        _state(path),
        clock,
        name=name,
        delays=delays or DEFAULT_DELAYS,
        faults=faults,
    )
    pace = Pace()
    client = CertificateClient(
        practice.url,
        _PracticeCredential(practice, role),
        transport=PacedTransport(pace, session=practice.session()),
        retry_policy=Retries(),
    )

    def beside(other: str) -> Vault:
        if other not in practice.vaults():
            raise AddressError(
                f"There is no practice vault “{other[:80]}” beside this one.",
                hint=f"There are: {', '.join(practice.vaults())}.",
            )
        state = practice.state
        return practise(
            state.path,
            name=other,
            role=role,
            clock=lambda: state.clock(),  # noqa: PLW0108 - a movable one is kept by one state
            delays=delays,
            faults=state.faults,
        )

    return Vault(client, practice, beside, pace)


def practice_path() -> Path:
    """Where ``practise()`` keeps its vault."""
    return platformdirs.user_data_path("kvcsr-widgets", appauthor=False) / "practice-vault.sqlite"


def _state(path: str | Path | None) -> Path:
    """The file or folder of the practice vaults; a folder that a slash tells is made."""
    if path is None:
        return practice_path()
    found = Path(path).expanduser()
    if str(path).endswith(("/", os.sep)):
        try:
            found.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise PracticeError(
                f"The folder {found} cannot be made: {error.strerror}.",
                hint="Name one in a folder that you may write to.",
            ) from error
    return found


def serve(
    path: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allow_remote: bool = False,
    **delays: int,
) -> None:
    """Serve the practice vault of ``practise()`` over HTTPS until SIGTERM or SIGINT.

    It prints one line of JSON with what clients need. ``port`` 0 is a free one; ``delays`` are
    ``practice.rules.Delays``, in seconds. A ``host`` that others reach takes ``allow_remote``.
    Raises AddressError if it cannot listen there, PracticeError if the state cannot be used.
    """
    from kvcsr_widgets.practice.rules import Delays  # only here: design of the package
    from kvcsr_widgets.practice.server import Listen
    from kvcsr_widgets.practice.server import serve as serve_practice

    serve_practice(
        _state(path), Listen(host, port), allow_remote=allow_remote, delays=Delays(**delays)
    )


def connect(
    vault_url: str,
    credential: TokenCredential | SignIn | None = None,
    *,
    show_code: Callable[[str], None] = print,
    insist: bool = False,
) -> Vault:
    """A real vault, such as ``https://contoso.vault.azure.net``. Nothing is sent yet.

    ``credential`` is a way to sign in or a credential object; by default, whatever is signed in
    already. ``show_code`` gets Microsoft's sentence with the code for ``SignIn.DEVICE_CODE``.
    Raises AddressError for a URL that is no vault's, and PlaceError on a public Binder unless the
    user insists.
    """
    url, authority = check_url(vault_url)
    if not insist:
        refuse_on_binder()
    if credential is None or isinstance(credential, SignIn):
        credential = _credential(credential or SignIn.DEFAULT, authority, show_code)
    signed_in = credential if isinstance(credential, OneToken) else OneToken(credential)
    pace = Pace()
    transport = PacedTransport(
        pace,
        session=pooled_session(),
        connection_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
    )
    client = CertificateClient(
        url, signed_in, transport=transport, retry_policy=Retries(retry_connect=1)
    )

    def beside(other: str) -> Vault:
        return connect(_full_url(other, _domain(urlsplit(url).netloc)), signed_in, insist=insist)

    return Vault(client, opener=beside, pace=pace)


def _full_url(name_or_url: str, domain: str) -> str:
    """The URL of a vault that may be told by its name alone."""
    text = name_or_url.strip()
    return f"https://{text}.{domain}" if _VAULT_NAME.fullmatch(text) else text


def check_url(vault_url: str) -> tuple[str, str]:
    """The vault's URL in its plain form and the host to sign in at; AddressError if it is none."""
    text = vault_url.strip()
    example = "It looks like https://contoso.vault.azure.net."
    if len(text) > 200 or not text:
        raise AddressError("A vault's URL is needed.", hint=example)
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise AddressError(f"“{text}” is no URL.", hint=example) from None
    if parts.scheme != "https":
        bare = text.removeprefix("http://").strip("/")
        hint = f"Try https://{bare}." if _domain(bare) in CLOUDS else example
        raise AddressError("A vault's URL begins with https://.", hint=hint)
    if parts.username or parts.password or port not in (None, 443):
        raise AddressError("A vault's URL holds no user and no port.", hint=example)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise AddressError(
            "This is the address of something in a vault, not of the vault.",
            hint=f"Try https://{host}.",
        )
    return f"https://{host}", _cloud(host)


def _domain(host: str) -> str:
    return host.partition(".")[2].lower()


def _cloud(host: str) -> str:
    domain = _domain(host)
    if domain.startswith("managedhsm."):
        raise AddressError(
            "This is a Managed HSM, which holds keys but no certificates.",
            hint="Use a vault: its name ends in .vault.azure.net.",
        )
    if domain not in CLOUDS:
        raise AddressError(
            f"“{host}” is no Key Vault's name.",
            hint=f"It ends in {', '.join('.' + known for known in CLOUDS)}.",
        )
    name = host.partition(".")[0]
    if not _VAULT_NAME.fullmatch(name) or not 3 <= len(name) <= 24:
        raise AddressError(
            f"“{name}” cannot be a vault's name.",
            hint="It has 3 to 24 letters, digits and hyphens and begins with a letter.",
        )
    return CLOUDS[domain]


def _credential(
    choice: SignIn, authority: str, show_code: Callable[[str], None]
) -> TokenCredential:
    from azure import identity  # slow to import, and of no use when practising

    def prompt(verification_uri: str, user_code: str, _expires: object) -> None:
        show_code(f"Open {verification_uri} on any device and type in the code {user_code}.")

    makers: dict[SignIn, Callable[[], Any]] = {
        SignIn.DEFAULT: lambda: identity.DefaultAzureCredential(authority=authority),
        SignIn.AZURE_CLI: identity.AzureCliCredential,
        SignIn.BROWSER: lambda: identity.InteractiveBrowserCredential(
            authority=authority, timeout=180
        ),
        SignIn.DEVICE_CODE: lambda: identity.DeviceCodeCredential(
            authority=authority, prompt_callback=prompt, timeout=300
        ),
        SignIn.MANAGED_IDENTITY: identity.ManagedIdentityCredential,
        SignIn.ENVIRONMENT: lambda: identity.EnvironmentCredential(authority=authority),
    }
    credential: TokenCredential = makers[choice]()
    return credential


class _PracticeCredential:
    """Signs in at the practice vault in this process."""

    def __init__(self, practice: Practice, role: str) -> None:
        self._practice = practice
        self._role = role

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        """A token for the resource that the challenge names."""
        resource = scopes[0].removesuffix("/.default")
        return AccessToken(*self._practice.tokens.issue(resource, self._role))
