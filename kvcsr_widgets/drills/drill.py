"""What a drill is: a trouble, its possible diagnoses, and how the vault shows that it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kvcsr_widgets.drills.scene import Scene


@dataclass(frozen=True)
class Diagnosis:
    """An answer to “what is wrong?”; ``why`` is said once it is chosen, right or not."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True)
class Verdict:
    """Whether the trouble is mended, and what the vault shows of it, or what is missing still."""

    mended: bool
    said: str


@dataclass(frozen=True)
class Drill:
    """One trouble.

    ``code`` names it for good, such as ``wrong-key``. ``title`` is the trouble as it is met: a
    symptom or an error text. ``story`` is what happened so far and what lies on the reader's desk,
    ``task`` what is to be reached. One of ``diagnoses`` is right. ``lesson`` is what to keep.

    ``tools`` are names of ``kvcsr_widgets.panels`` that mend it, in the order to be shown, such as
    ``MergePanel``; each is made with the drill's desk alone.

    ``faq`` are the article's questions that it trains, by their codes in ``vault/causes/faq.toml``;
    ``met_at`` is where people met it: addresses of public threads or pages.

    ``stage`` makes the trouble in a new scene, through the vault's client; ``resume``, if given,
    is called at each opening of the scene, the first one included, for what no file keeps, such as
    faults. ``judge`` reads the vault and changes nothing. They raise what the vault raises.
    """

    code: str
    title: str
    story: str
    task: str
    diagnoses: tuple[Diagnosis, ...]
    lesson: str
    tools: tuple[str, ...]
    stage: Callable[[Scene], None]
    judge: Callable[[Scene], Verdict]
    faq: tuple[str, ...] = ()
    met_at: tuple[str, ...] = ()
    resume: Callable[[Scene], None] | None = None
