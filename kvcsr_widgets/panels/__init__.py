"""The widgets. Make one ``Desk`` a notebook and give it to every panel::

    desk = Desk()
    ConnectPanel(desk)
    RequestForm(desk)

Every panel with a button of its own has a public ``submit()``, which that calls and nothing else. A
panel holds no rule: it asks ``pki``, ``vault`` and ``runbook`` and shows what they say. A panel is
loaded when it is first asked for, so that a notebook waits for its own alone (PEP 562).

Panels of an inventory share a ``sheet``, that of the ``table``. There, ``loads`` and ``reading``
bring what is read into the ``grid`` (``cells``, ``datatable``), and ``actions`` are taken in an
``action_bar``, told by ``acted`` and passed on by ``desk_news``. ``pictures`` are ``figures`` drawn
by ``svg``; ``export`` saves the ``report``, too.

``Workbook()`` is all of the job on one page, with a desk of its own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kvcsr_widgets.panels.commands_tour import CommandsTour
    from kvcsr_widgets.panels.connect import ConnectPanel
    from kvcsr_widgets.panels.contacts import ContactsPanel
    from kvcsr_widgets.panels.csr import CsrPanel
    from kvcsr_widgets.panels.deleted import DeletedCertificates
    from kvcsr_widgets.panels.desk import Desk
    from kvcsr_widgets.panels.drill import DrillPanel
    from kvcsr_widgets.panels.finished import Finished
    from kvcsr_widgets.panels.giveup import OperationPanel
    from kvcsr_widgets.panels.home import HomeFinder
    from kvcsr_widgets.panels.issuers import IssuersPanel
    from kvcsr_widgets.panels.merge import MergePanel
    from kvcsr_widgets.panels.pictures import InventoryPictures
    from kvcsr_widgets.panels.renewal import RenewalPanel
    from kvcsr_widgets.panels.renewal_reply import RenewalReply, RenewalTrap
    from kvcsr_widgets.panels.renewal_years import RenewalYears
    from kvcsr_widgets.panels.request import RequestForm
    from kvcsr_widgets.panels.sign import SignPanel
    from kvcsr_widgets.panels.table import VaultTable
    from kvcsr_widgets.panels.trouble import TroublePanel
    from kvcsr_widgets.panels.watch import WatchPanel
    from kvcsr_widgets.panels.workbook import Workbook

__all__ = [
    "CommandsTour",
    "ConnectPanel",
    "ContactsPanel",
    "CsrPanel",
    "DeletedCertificates",
    "Desk",
    "DrillPanel",
    "Finished",
    "HomeFinder",
    "InventoryPictures",
    "IssuersPanel",
    "MergePanel",
    "OperationPanel",
    "RenewalPanel",
    "RenewalReply",
    "RenewalTrap",
    "RenewalYears",
    "RequestForm",
    "SignPanel",
    "TroublePanel",
    "VaultTable",
    "WatchPanel",
    "Workbook",
]

_HOMES = {
    "CommandsTour": "commands_tour",
    "ConnectPanel": "connect",
    "ContactsPanel": "contacts",
    "CsrPanel": "csr",
    "DeletedCertificates": "deleted",
    "Desk": "desk",
    "DrillPanel": "drill",
    "Finished": "finished",
    "HomeFinder": "home",
    "InventoryPictures": "pictures",
    "IssuersPanel": "issuers",
    "MergePanel": "merge",
    "OperationPanel": "giveup",
    "RenewalPanel": "renewal",
    "RenewalReply": "renewal_reply",
    "RenewalTrap": "renewal_reply",
    "RenewalYears": "renewal_years",
    "RequestForm": "request",
    "SignPanel": "sign",
    "TroublePanel": "trouble",
    "VaultTable": "table",
    "WatchPanel": "watch",
    "Workbook": "workbook",
}
"""Each panel's module."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
