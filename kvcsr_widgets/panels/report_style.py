"""How the report looks: on a screen, light or dark, and on paper."""

from __future__ import annotations

from markupsafe import Markup

CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may do with the report: show it. No script, no address is fetched."""

_LIGHT = Markup("""
--jp-ui-font-color1:#1f1f1f;--jp-ui-font-color2:#5c5c5c;--jp-layout-color1:#fff;
--jp-layout-color2:#f0f0f0;--jp-border-color0:#9e9e9e;--jp-border-color1:#bdbdbd;
--jp-border-color2:#e0e0e0;--jp-brand-color1:#1976d2;--jp-warn-color1:#e67000;
--jp-error-color1:#c62828;--jp-success-color1:#2e7d32;--jp-info-color1:#00838f;
--jp-content-link-color:#1565c0;
""")
_DARK = Markup("""
--jp-ui-font-color1:#e6e6e6;--jp-ui-font-color2:#a8a8a8;--jp-layout-color1:#1b1b1b;
--jp-layout-color2:#2b2b2b;--jp-border-color0:#707070;--jp-border-color1:#616161;
--jp-border-color2:#3d3d3d;--jp-brand-color1:#42a5f5;--jp-warn-color1:#ff9800;
--jp-error-color1:#f44336;--jp-success-color1:#66bb6a;--jp-info-color1:#26c6da;
--jp-content-link-color:#64b5f6;
""")
"""The names of JupyterLab's themes, so that what is drawn for a notebook fits here too."""

STYLE = (
    Markup(":root{color-scheme:light dark;")
    + _LIGHT
    + Markup("}@media screen and (prefers-color-scheme:dark){:root{")
    + _DARK
    + Markup("""}}
body{margin:0 auto;padding:16px 24px;max-width:1600px;line-height:1.45;
font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:14px;
color:var(--jp-ui-font-color1);background:var(--jp-layout-color1)}
h1{font-size:1.5em;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:1.2em;margin:28px 0 6px}
h3{font-size:1em;margin:16px 0 2px}
a{color:var(--jp-content-link-color)}
table{border-spacing:0}
caption{text-align:left;color:var(--jp-ui-font-color2);padding:4px 0}
.numbers{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0;padding:0;list-style:none}
.numbers li{border:1px solid var(--jp-border-color1);border-radius:4px;padding:4px 14px}
.numbers b{display:block;font-size:1.5em}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,600px),1fr));
gap:0 32px}
.some,.all{overflow:auto;max-height:50vh}
.all{max-height:92vh;scroll-padding-top:2.5em}
.rows th,.rows td{padding:3px 14px 3px 0;text-align:left;vertical-align:top;font-weight:400;
border-bottom:1px solid var(--jp-border-color2);max-width:26em;min-width:7em;
overflow-wrap:anywhere;unicode-bidi:isolate}
.rows thead th{font-weight:600;white-space:nowrap;position:sticky;top:0;
background:var(--jp-layout-color1)}
.rows .host{min-width:13em}
.rows .day{white-space:nowrap;min-width:0}
.rows .long,.rows [scope=row]{min-width:15em}
.rows .id{min-width:11em;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em}
tr:target{outline:2px solid var(--jp-warn-color1);outline-offset:-2px;
background:var(--jp-layout-color2)}
footer{margin-top:24px;color:var(--jp-ui-font-color2)}
@page{size:landscape;margin:12mm}
@media print{
body{padding:0;max-width:none;font-size:8.5pt;print-color-adjust:exact;
-webkit-print-color-adjust:exact}
.some,.all{overflow:visible;max-height:none}
.rows thead th{position:static}
.rows th,.rows td{padding-right:6px;min-width:5em}
.rows .host,.rows .long,.rows .id,.rows [scope=row]{min-width:0}
tr,figure,.numbers li{break-inside:avoid}
h2,h3{break-after:avoid}
thead{display:table-header-group}
details,.rows .off{display:none}
a{color:inherit;text-decoration:none}
}
""")
)
