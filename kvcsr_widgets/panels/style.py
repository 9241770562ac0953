"""The one style sheet of all cards. Its colours are the theme's own, so that each theme works."""

from __future__ import annotations

from markupsafe import Markup

LABEL = "150px"
"""The width of the column of labels; where a card is narrow, a label stands above its field."""

INDENT = "var(--kvcsr-indent,158px)"
"""Where fields begin: below them stands what is said of them."""

STYLE = Markup(
    """<style>
.kvcsr-card {{ container: kvcsr-card / inline-size; box-sizing: border-box; row-gap: 2px; }}
.kvcsr-card > * {{ --kvcsr-indent: 158px; min-width: 0; }}
.kvcsr-card .kvcsr-indented {{ margin-left: {indent}; }}
.kvcsr-card.kvcsr-card :focus-visible {{
  outline: 2px solid var(--jp-brand-color1) !important; outline-offset: 0;
}}
.kvcsr-card > .mod-primary {{ margin-top: 8px; margin-bottom: 6px; }}
.kvcsr-card .widget-html {{ min-width: 0; max-width: calc(100% - 4px); }}
.kvcsr-card .widget-html-content {{ overflow-wrap: anywhere; }}
.kvcsr-card .widget-dropdown select {{
  background-image: linear-gradient(45deg, transparent 50%, {text} 50%),
    linear-gradient(135deg, {text} 50%, transparent 50%);
  background-position: right 11px center, right 6px center;
  background-size: 5px 5px;
  background-repeat: no-repeat;
}}
.kvcsr-card select[multiple] {{ background-image: none; }}
.kvcsr-card select:not([multiple]) {{ padding-right: 22px; text-overflow: ellipsis; }}
.kvcsr-card .jupyter-button {{
  max-width: 100%; height: auto; min-height: var(--jp-widgets-inline-height);
  line-height: 1.5; white-space: normal;
}}
.kvcsr-card .widget-toggle-button {{ text-align: left; }}
.kvcsr-card .jupyter-button:disabled {{
  opacity: 1; cursor: not-allowed; background: transparent; color: var(--jp-ui-font-color2);
  outline: 1px dashed var(--jp-border-color1); outline-offset: -1px;
}}
.kvcsr-card .widget-checkbox {{
  align-items: center; height: auto; min-height: var(--jp-widgets-inline-height);
}}
.kvcsr-card .widget-checkbox .widget-label-basic {{
  display: flex; white-space: normal; line-height: 1.4; align-items: center;
}}
.kvcsr-card .widget-checkbox input {{ flex: 0 0 auto; }}
@container kvcsr-card (max-width: 460px) {{
  .kvcsr-card > * {{ --kvcsr-indent: 0px; }}
  .kvcsr-card .widget-inline-hbox:has(> .widget-label[style*="{label}"]) {{
    flex-wrap: wrap; height: auto;
  }}
  .kvcsr-card select:not([multiple]) {{ min-height: var(--jp-widgets-inline-height); }}
  .kvcsr-card .widget-inline-hbox > .widget-label[style*="{label}"] {{
    width: 100% !important; text-align: left; white-space: normal;
  }}
  .kvcsr-card .widget-checkbox > .widget-label {{ display: none; }}
}}
</style>"""
).format(indent=INDENT, label=LABEL, text="var(--jp-ui-font-color1)")
