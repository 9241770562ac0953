"""The one-page app: notebooks served by Voilà, in a template that asks nobody else for anything.

``share`` holds the template as Jupyter looks for it, ``config`` Voilà's settings.
"""

from __future__ import annotations
