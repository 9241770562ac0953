"""Voilà on a folder of notebooks: for this machine alone, with a token, and with a first page."""

from __future__ import annotations

import os
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import tornado.web
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from markupsafe import Markup
from traitlets import Bool, Unicode
from voila.app import Voila
from voila.handler import BaseVoilaHandler

_MAY_LOAD = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
"""What this server has, and nothing else. Widgets bring their scripts as text and as blobs."""

_OPENING = Markup(
    '<!DOCTYPE html><meta charset="utf-8"><title>kvcsr</title>'
    '<meta http-equiv="refresh" content="0;url={0}"><a href="{0}">Open the workbook</a>'
)


class App(Voila):
    """Voilà as ``kvcsr app`` starts it.

    A page may send its kernel the messages of widgets alone, and no file is served but pictures
    and what notebooks show: a Jupyter server with Voilà in it would give its user much more.
    """

    name = "voila"
    first = Unicode("workbook.ipynb", config=True, help="The notebook that opens at first.")
    auto_token = Bool(True, config=True, help="Make a token where none is given.")
    _opening: Path | None = None

    def init_settings(self) -> dict[str, Any]:
        """Voilà's, and no answer to a request that calls this machine by another name."""
        return dict(super().init_settings()) | {
            "allow_remote_access": False,
            "local_hostnames": ["localhost"],
            "default_handler_class": _Nowhere,
            "default_handler_args": {"voila_configuration": self.voila_configuration},
            "headers": {"Content-Security-Policy": "; ".join(map(" ".join, _MAY_LOAD.items()))},
        }

    def init_handlers(self) -> list[Any]:
        """Voilà's, and the first page where it has a list of the notebooks."""
        page = url_path_join(self.base_url, "voila/render", self.first)
        start = (self.server_url, _Start, {"page": page})
        handlers: list[Any] = super().init_handlers()
        return handlers if self.notebook_path else [start, *handlers]

    def launch_browser(self) -> None:
        """Open the address, which holds the token, by a file that only the user can read."""
        descriptor, path = tempfile.mkstemp(prefix="kvcsr-", suffix=".html")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(_OPENING.format(self.display_url))
        self._opening = Path(path)
        try:
            browser = webbrowser.get(self.browser or None)
        except webbrowser.Error as error:
            self.log.warning("No browser was found (%s): open the address yourself.", error)
            return
        threading.Thread(target=browser.open, args=(self._opening.as_uri(),), daemon=True).start()

    def stop(self) -> None:
        """End the kernels, and leave no file."""
        if self._opening:
            self._opening.unlink(missing_ok=True)
        super().stop()


class _Start(JupyterHandler):
    """Leads to the first page, whose address does not hold the token any more."""

    def initialize(self, page: str) -> None:
        self.page = page

    @tornado.web.authenticated
    def get(self) -> None:
        theme = self.get_query_argument("theme", "")
        self.redirect(f"{self.page}?{urlencode({'theme': theme})}" if theme else self.page)


class _Nowhere(BaseVoilaHandler):
    """Any other address: our page says so, in place of tornado's line."""

    async def prepare(self) -> None:
        await super().prepare()
        raise tornado.web.HTTPError(404)

    @tornado.web.authenticated
    def get(self) -> None:
        """Never reached; it tells Jupyter's server who may ask."""
