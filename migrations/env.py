"""How Alembic runs here: always from `planner.schema`, which hands over the engine."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from planner.tables import metadata

LOCK = 7_011_946
"""Number of the PostgreSQL lock that makes processes starting together migrate one after the other."""


def as_plain_type(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write column types as the database's own, so that an old migration never needs today's code."""
    if kind == "type" and isinstance(thing, sa.TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def migrate(engine: sa.Engine) -> None:
    """Run what `planner.schema` asked for, in one transaction."""
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        if on_sqlite:
            # Rebuilding a table drops the old one, which would empty all that refers to it. Only works before BEGIN.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not on_sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=True,
                render_item=as_plain_type,
                transactional_ddl=True,
            )
            context.run_migrations()
            if on_sqlite:
                check_references(connection)


def check_references(connection: sa.Connection) -> None:
    """Refuse a migration that would leave rows pointing nowhere."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration leaves rows that refer to nothing: {broken[:3]}")


migrate(context.config.attributes["engine"])
