"""Fixtures of all tests, and their order: quick ones first."""

import os

import pytest

pytest_plugins = (
    "tests.fixtures.databases",
    "tests.fixtures.application",
    "tests.fixtures.browsers",
    "tests.fixtures.postbox",
)

SLOWER = (
    {"sqlite_template", "database", "empty_database"},
    {"demo_sqlite_template", "demo_database", "client", "clients"},
    {"cluster"},
    {"server", "postbox", "slow"},
    {"browser"},
)
"""Fixtures (and one marker) that make a test slow, from the quick to the slow."""


def pytest_configure() -> None:
    """Forget how this machine's own Planner is set up."""
    for name in [name for name in os.environ if name.startswith("PLANNER_")]:
        del os.environ[name]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first: a mistake shows early."""
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    used = {*getattr(item, "fixturenames", ()), *(marker.name for marker in item.iter_markers())}
    if "postgres" in item.name:  # a test on both databases asks for its own only when it runs
        used.add("cluster")
    return max((rank for rank, names in enumerate(SLOWER, 1) if used & names), default=0)
