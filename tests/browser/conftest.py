"""Fixtures of the tests in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.desk import Desk
from tests.fixtures.application import Served
from tests.reception import secret_of


@pytest.fixture
def desk(demo_sqlite: str, server: Callable[..., Served], open_page: Callable[..., Page]) -> Desk:
    """Somebody organises Riga."""
    return Desk(server().url, secret_of("organiser"), open_page)
