"""Country codes, ISO 3166-1 alpha-2, from the ``pycountry`` library."""

from __future__ import annotations

from functools import cache

_TAKEN_FOR = {"UK": "GB", "EN": "GB", "EL": "GR"}
"""Codes that people write for a country although they are not its code."""


@cache
def countries() -> dict[str, str]:
    """Every code in upper case, and the country's name in English.

    The first call reads the library's data (about 50 ms); a form makes it before anyone types.
    """
    import pycountry  # noqa: PLC0415 - see above

    return {country.alpha_2: country.name for country in pycountry.countries}


def likely_country(text: str) -> str:
    """The code that was meant by a country's name, its three letters or a wrong code, or nothing.

    ``USA`` and ``United States`` give US, ``UK`` gives GB, ``ED`` (turned round) gives DE.
    """
    upper = text.strip().upper()
    known = countries()
    if len(upper) == 2:
        meant = [_TAKEN_FOR.get(upper, ""), upper, upper[::-1]]
        return next((code for code in meant if code in known), "")
    import pycountry  # noqa: PLC0415 - see countries

    try:
        return str(pycountry.countries.lookup(upper).alpha_2)
    except LookupError:
        return ""
