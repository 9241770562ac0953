"""Certificate signing requests in Azure Key Vault, step by step.

The rooms, from the bottom up:

- ``pki``: what a certificate and a request are; no Azure, no widgets, no I/O.
- ``vault``: the only room that knows the Azure SDK; ``vault.session`` opens a vault.
- ``runbook``: what an operator does with one request or with many.
- ``practice``: a vault and a CA to learn on, loaded only when practising.
- ``drills``: troubles to train on, each in a practice vault of its own.
- ``panels``: the widgets over all of these.

Importing this package imports nothing else.
"""

__version__ = "0.1.0"
