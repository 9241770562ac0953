"""Where Jupyter finds the template and the settings of this package."""

from __future__ import annotations

import os
from pathlib import Path

_HERE = Path(__file__).parent
SHARE = _HERE / "share"
"""A folder of Jupyter's data: the template stands in it.

It stands among those of nbconvert, where Voilà looks as well: the first data folder that has one
named ``voila`` is the only one where Voilà looks for its own themes.
"""
CONFIG = _HERE / "config"
"""A folder of Jupyter's settings: ``voila.py``."""


def use(*configs: Path) -> None:
    """Let Jupyter in this process, and what it starts, find both, and ``configs`` besides."""
    _put_before("JUPYTER_PATH", SHARE)
    _put_before("JUPYTER_CONFIG_PATH", CONFIG, *configs)


def _put_before(variable: str, *folders: Path) -> None:
    known = os.environ.get(variable)
    paths = [*(str(folder.absolute()) for folder in folders), *([known] if known else [])]
    os.environ[variable] = os.pathsep.join(paths)
