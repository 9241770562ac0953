"""What is done before a page's kernel starts."""

from __future__ import annotations

from typing import Any

from tornado.web import RequestHandler


def let_it_end_its_kernel(handler: RequestHandler, **_notebook_and_folder: Any) -> None:
    """Give the page the cookie against forged requests, which Voilà does not.

    A page that is left asks the server to end its kernel, and is refused without that cookie: the
    kernel would stay for an hour or, in JupyterLab's server, for ever.
    """
    _made = handler.xsrf_token  # asking for it makes the cookie
