"""Valid plans of every kind, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from kvcsr_widgets.pki.attributes import Attribute
from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import (
    UNKNOWN,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)
from kvcsr_widgets.pki.subject import Subject

EC_KEYS = tuple(key for key in KeyChoice if key.kind == "EC")
"""Keys that are made in no time."""

_LABELS = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
_DNS = st.builds(lambda a, b, star: f"{star}{a}.{b}", _LABELS, _LABELS, st.sampled_from(["", "*."]))
_HOSTS = st.builds("{}.{}".format, _LABELS, _LABELS)
_EMAILS = st.builds("{}@{}".format, _LABELS, _HOSTS)
_UPNS = st.builds(
    "{}@{}".format, st.text(st.characters(categories=["L"]), min_size=1, max_size=8), _HOSTS
)
_URIS = st.builds("{}://{}/{}".format, st.sampled_from(["https", "spiffe"]), _HOSTS, _LABELS)
_IPS = st.ip_addresses().map(str)


def _some(each: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(each, max_size=2, unique=True).map(tuple)


NAMES = st.builds(
    Names, dns=_some(_DNS), emails=_some(_EMAILS), upns=_some(_UPNS), ips=_some(_IPS),
    uris=_some(_URIS),
)  # fmt: skip

_VALUES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=15)
_ATTRIBUTES = st.one_of(
    st.builds(Attribute, st.sampled_from(["CN", "O", "OU", "L", "S", "1.2.3.4"]), _VALUES),
    st.builds(Attribute, st.just("C"), st.sampled_from(["US", "DE"])),
    st.builds(Attribute, st.just("DC"), _LABELS),
)
_SUBJECTS = st.lists(_ATTRIBUTES, min_size=1, max_size=5).map(
    lambda found: Subject(tuple(found)).text
)

_USAGES = st.lists(
    st.sampled_from(list(KEY_USAGE_FIELDS)), min_size=1, max_size=5, unique=True
).filter(lambda found: not {"encipherOnly", "decipherOnly"} & {*found} or "keyAgreement" in found)
_OIDS = st.sampled_from([f"1.3.6.1.5.5.7.3.{n}" for n in range(1, 10)] + ["1.3.6.1.4.1.311.10.3.4"])
_ACTIONS = st.builds(
    LifetimeAction, st.sampled_from(Action), percentage=st.integers(1, 99)
) | st.builds(LifetimeAction, st.sampled_from(Action), days_before_expiry=st.integers(1, 27))
_TAGS = st.dictionaries(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
                        st.text(st.characters(codec="utf-8"), max_size=8), max_size=3)  # fmt: skip


@st.composite
def plans(
    draw: st.DrawFn,
    *,
    keys: tuple[KeyChoice, ...] = tuple(KeyChoice),
    issuers: tuple[str, ...] = (UNKNOWN, "Self", "digicert"),
    hsm: bool = True,
) -> CertificatePlan:
    """Any plan that ``check`` lets through."""
    in_hardware = draw(st.booleans()) if hsm else False
    plan = CertificatePlan(
        name=draw(st.from_regex(r"[0-9a-zA-Z-]{1,20}", fullmatch=True)),
        subject=draw(_SUBJECTS),
        names=draw(NAMES),
        key=draw(st.sampled_from(keys)),
        hsm=in_hardware,
        exportable=not in_hardware and draw(st.booleans()),
        reuse_key=draw(st.booleans()),
        content_type=draw(st.sampled_from(ContentType)),
        validity_months=draw(st.integers(1, 1200)),
        key_usage=draw(st.none() | _USAGES.map(tuple)),
        ekus=draw(st.none() | st.lists(_OIDS, max_size=3, unique=True).map(tuple)),
        issuer=draw(st.sampled_from(issuers)),
        certificate_type=draw(st.sampled_from(["", "OV-SSL"])),
        transparency=draw(st.none() | st.booleans()),
        lifetime_action=draw(st.none() | _ACTIONS),
        enabled=draw(st.booleans()),
        preserve_order=draw(st.booleans()),
        tags=draw(_TAGS),
    )
    plan.check()
    return plan
