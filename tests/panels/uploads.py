"""Files in an upload as the browser puts them there."""

from __future__ import annotations

import ipywidgets as w


def choose(upload: w.FileUpload, *files: tuple[str, bytes]) -> None:
    """Choose these files, each a name and its bytes."""
    upload.set_state(
        {
            "value": [
                {
                    "name": name,
                    "type": "",
                    "size": len(data),
                    "last_modified": 0,
                    "content": memoryview(data),
                }
                for name, data in files
            ]
        }
    )
