"""``python -m kvcsr_widgets`` is ``kvcsr``."""

import sys

from kvcsr_widgets.cli import main

sys.exit(main())
