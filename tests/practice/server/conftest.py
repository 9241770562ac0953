"""One server for these tests; those that move the clock or end it start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.practice.server.served import Served, serving


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served") / "vault.sqlite") as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "served" in request.fixturenames:
        request.getfixturevalue("served").control("DELETE", "faults")
