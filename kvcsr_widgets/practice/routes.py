"""The routes of a vault: which function answers, and which of Azure's actions its caller needs."""

from __future__ import annotations

from kvcsr_widgets.practice import handlers as h
from kvcsr_widgets.practice.handlers import Handler
from kvcsr_widgets.practice.roles import SECRET

ROUTES: tuple[tuple[str, str, Handler, str], ...] = (
    ("GET", "/certificates", h.list_certificates, "certificates/read"),
    ("GET", "/certificates/contacts", h.get_contacts, "certificatecontacts/read"),
    ("PUT", "/certificates/contacts", h.set_contacts, "certificatecontacts/write"),
    ("DELETE", "/certificates/contacts", h.delete_contacts, "certificatecontacts/write"),
    ("GET", "/certificates/issuers", h.list_issuers, "certificatecas/read"),
    ("GET", "/certificates/issuers/<issuer>", h.get_issuer, "certificatecas/read"),
    ("PUT", "/certificates/issuers/<issuer>", h.set_issuer, "certificatecas/write"),
    ("PATCH", "/certificates/issuers/<issuer>", h.update_issuer, "certificatecas/write"),
    ("DELETE", "/certificates/issuers/<issuer>", h.delete_issuer, "certificatecas/delete"),
    ("POST", "/certificates/restore", h.restore, "certificates/restore/action"),
    ("POST", "/certificates/<name>/create", h.create, "certificates/create/action"),
    ("POST", "/certificates/<name>/import", h.import_certificate, "certificates/import/action"),
    ("GET", "/certificates/<name>/pending", h.get_pending, "certificates/read"),
    ("PATCH", "/certificates/<name>/pending", h.patch_pending, "certificates/update/action"),
    ("DELETE", "/certificates/<name>/pending", h.delete_pending, "certificates/update/action"),
    ("POST", "/certificates/<name>/pending/merge", h.merge, "certificates/create/action"),
    ("POST", "/certificates/<name>/backup", h.backup, "certificates/backup/action"),
    ("GET", "/certificates/<name>/versions", h.list_versions, "certificates/read"),
    ("GET", "/certificates/<name>/policy", h.get_policy, "certificates/read"),
    ("PATCH", "/certificates/<name>/policy", h.update_policy, "certificates/update/action"),
    ("GET", "/certificates/<name>", h.get_certificate, "certificates/read"),
    ("PATCH", "/certificates/<name>", h.update_certificate, "certificates/update/action"),
    ("DELETE", "/certificates/<name>", h.delete_certificate, "certificates/delete"),
    ("GET", "/certificates/<name>/<version>", h.get_version, "certificates/read"),
    ("PATCH", "/certificates/<name>/<version>", h.update_version, "certificates/update/action"),
    ("GET", "/deletedcertificates", h.list_deleted, "certificates/read"),
    ("GET", "/deletedcertificates/<name>", h.get_deleted, "certificates/read"),
    ("DELETE", "/deletedcertificates/<name>", h.purge, "certificates/purge/action"),
    ("POST", "/deletedcertificates/<name>/recover", h.recover, "certificates/recover/action"),
    ("GET", "/secrets/<name>", h.get_secret, SECRET),
    ("GET", "/secrets/<name>/<version>", h.get_secret, SECRET),
    ("GET", "/keys/<name>", h.get_key, "keys/read"),
    ("GET", "/keys/<name>/<version>", h.get_key, "keys/read"),
)
"""Method, path, function, and the action of Azure's role definitions."""

LISTS = (h.list_certificates, h.list_versions, h.list_deleted, h.list_issuers)
"""The functions that answer with a page, for which access policies have permissions of their own.
"""
