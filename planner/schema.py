"""The shape of the database: migrations, run from the checkout or from an installed wheel."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from planner.db import Database
from planner.settings import settings
from planner.templates import folder


def upgrade(url: str = "") -> None:
    """Bring the database at `url` (the configured one if empty) to the newest shape: all of it or nothing.

    Several processes may start at once: the later ones wait and find nothing left to do.
    """
    _run(url, lambda config: command.upgrade(config, "head"))


def downgrade(url: str = "", revision: str = "base") -> None:
    """Take the database back to `revision`; `base` leaves it empty."""
    _run(url, lambda config: command.downgrade(config, revision))


def stamp(url: str = "") -> None:
    """Note that the database has the newest shape, without touching anything else in it."""
    _run(url, lambda config: command.stamp(config, "head"))


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the shape that this version of Planner works with."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_configuration()).get_heads())


def draft(message: str) -> None:
    """Write the migration from the newest shape to that of the tables, to be read and corrected by a person."""
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{Path(scratch) / 'draft.db'}"
        upgrade(url)
        number = len(list(ScriptDirectory.from_config(_configuration()).walk_revisions())) + 1
        _run(url, lambda config: command.revision(config, message, autogenerate=True, rev_id=f"{number:04}"))


def _run(url: str, act: Callable[[Config], object]) -> None:
    # A database of its own: the connection that migrates has its foreign keys off and must not be used again.
    engine = Database(url or settings().database_url).engine
    try:
        act(_configuration(engine))
    finally:
        engine.dispose()


def _configuration(engine: Engine | None = None) -> Config:
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(folder("migrations")).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config
