"""Every error of this package.

::

    KvcsrError              what happened; ``hint`` says what to do
    ├── InputError          something typed or uploaded cannot be used
    │   ├── SubjectError    the subject text; ``position`` says where
    │   ├── PlanError       a request with one or more ``problems``
    │   ├── SignedFileError the file is not what a CA sends back
    │   │   └── PrivateKeyError it holds a private key, which was not read
    │   ├── AddressError    the vault's URL or the choice of sign-in
    │   └── PlaceError      a real vault, on a machine that strangers operate
    ├── VaultError          the vault answered no, or did not answer
    │   ├── SignInError     401, or no credential could sign in
    │   ├── ForbiddenError  403
    │   ├── NotFoundError   404
    │   ├── ConflictError   409
    │   ├── RefusedError    400 and any other refusal
    │   ├── BusyError       429 and 5xx: try again later
    │   └── UnreachableError no answer at all
    ├── PracticeError       the practice vault's file cannot be used
    └── StoppedError        the user stopped it

A message is one or two sentences for a security engineer in a hurry. No message, ``repr`` or
``args`` holds a private key, a token or a password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class KvcsrError(Exception):
    """Something that the user can be told: what happened, why, and what to do about it.

    ``notebook`` is the file name of the notebook that trains it, empty where there is none.
    """

    def __init__(self, message: str, *, why: str = "", hint: str = "", notebook: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.why = why
        self.hint = hint
        self.notebook = notebook


class InputError(KvcsrError):
    """Something typed or uploaded cannot be used. Nothing was sent to the vault."""


class SubjectError(InputError):
    """The subject text is no X.500 name that Key Vault reads.

    ``position`` is the index of the offending character, counted from 0.
    """

    def __init__(self, message: str, *, position: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.position = position


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: the field, what is wrong, and what to do."""

    field: str
    message: str
    hint: str = ""


class PlanError(InputError):
    """A request cannot be sent as it is; ``problems`` holds every reason found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            " ".join(problem.message for problem in problems),
            hint=" ".join(problem.hint for problem in problems if problem.hint),
        )
        self.problems = tuple(problems)


class SignedFileError(InputError):
    """The bytes are not a certificate file; the message says what they look like."""


class PrivateKeyError(SignedFileError):
    """The bytes hold a private key. Nothing of it was read or kept."""


class AddressError(InputError):
    """The vault's URL or the choice of sign-in cannot be used."""


class PlaceError(InputError):
    """A real vault is not opened here unless the user insists: strangers operate this machine."""


class VaultError(KvcsrError):
    """The vault answered no, or did not answer.

    ``status`` is the HTTP status (0 when there was no answer), ``code``, ``inner_code`` and
    ``service_text`` are the service's own words, ``answer`` is all that it answered, and
    ``request_id`` is what Azure support asks for. ``cause`` is the id in the catalogue of causes,
    empty for what it does not know.
    """

    def __init__(
        self,
        message: str,
        *,
        why: str = "",
        hint: str = "",
        notebook: str = "",
        status: int = 0,
        code: str = "",
        inner_code: str = "",
        service_text: str = "",
        answer: str = "",
        request_id: str = "",
        cause: str = "",
    ) -> None:
        super().__init__(message, why=why, hint=hint, notebook=notebook)
        self.status = status
        self.code = code
        self.inner_code = inner_code
        self.service_text = service_text
        self.answer = answer
        self.cause = cause
        self.request_id = request_id


class SignInError(VaultError):
    """Nobody is signed in, or the vault does not accept the token."""


class ForbiddenError(VaultError):
    """Signed in, but not allowed, or not allowed in this state."""


class NotFoundError(VaultError):
    """The vault has no such certificate, request or version."""


class ConflictError(VaultError):
    """The vault is in a state that does not admit this step."""


class RefusedError(VaultError):
    """The vault does not accept what was sent."""


class BusyError(VaultError):
    """The vault is throttling or failing; the same step may work later."""


class UnreachableError(VaultError):
    """The vault did not answer."""


class PracticeError(KvcsrError):
    """The practice vault's file cannot be opened or is not one."""


class StoppedError(KvcsrError):
    """The user stopped long work before it changed anything."""
