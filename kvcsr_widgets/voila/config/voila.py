"""Voilà's settings: for ``kvcsr app``, in JupyterLab's server, and on Binder."""

from __future__ import annotations

from kvcsr_widgets.voila.hook import let_it_end_its_kernel

c = get_config()  # noqa: F821 - Jupyter's loader gives it

c.VoilaConfiguration.template = "kvcsr"
c.VoilaConfiguration.allow_template_override = "NO"  # others ask CDNs
c.VoilaConfiguration.prelaunch_hook = let_it_end_its_kernel
c.VoilaConfiguration.file_allowlist = [r".*\.(png|jpg|gif|svg)"]
c.VoilaConfiguration.strip_sources = True
c.VoilaConfiguration.show_tracebacks = False
c.VoilaExecutor.cell_error_instruction = (
    "Reload the page to try again. The terminal where the server was started tells more."
)
c.VoilaExecutor.cell_timeout_instruction = "Reload the page to try again."

# One that no page is connected to, such as of a machine that fell asleep and was not woken.
c.MappingKernelManager.cull_idle_timeout = 3600
