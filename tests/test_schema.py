"""Migrations lead to exactly the tables that the rooms describe, and back to nothing, on both databases."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, inspect, text

from planner import schema
from planner.db import NAMING, Database
from planner.tables import metadata

CHECKOUT = Path(__file__).parents[1]


def differences(url: str, described: MetaData = metadata) -> list[object]:
    engine = Database(url).engine
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), described)
    engine.dispose()
    return list(found)


def tables(url: str) -> set[str]:
    engine = Database(url).engine
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_upgrade_from_nothing_makes_every_table_as_described(empty_database: str) -> None:
    schema.upgrade(empty_database)
    assert tables(empty_database) == set(metadata.tables)
    assert differences(empty_database) == []


def test_comparison_notices_a_table_that_no_migration_makes(empty_database: str) -> None:
    schema.upgrade(empty_database)
    assert differences(empty_database, MetaData()) != []


def test_downgrade_to_base_leaves_nothing_and_the_way_up_stays_open(empty_database: str) -> None:
    schema.upgrade(empty_database)
    schema.downgrade(empty_database)
    assert tables(empty_database) == set()
    schema.upgrade(empty_database)
    assert differences(empty_database) == []


def test_a_database_is_current_only_after_the_upgrade(empty_database: str) -> None:
    engine = Database(empty_database).engine
    before = schema.is_current(engine)
    schema.upgrade(empty_database)
    assert (before, schema.is_current(engine)) == (False, True)
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_database: str) -> None:
    program = "import sys; from planner.schema import upgrade; upgrade(sys.argv[1])"
    command = [sys.executable, "-c", program, empty_database]
    started = [subprocess.Popen(command, cwd=CHECKOUT) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]
    assert differences(empty_database) == []


def test_names_of_constraints_follow_the_rule() -> None:
    kept = {kind for kind in NAMING if metadata.naming_convention[kind] == NAMING[kind]}
    assert kept == set(NAMING)
    assert [table.name for table in metadata.tables.values() if table.primary_key.name != f"pk_{table.name}"] == []


def test_tables_made_at_once_for_tests_are_those_of_the_migrations(database: str) -> None:
    assert differences(database) == []


def test_a_failing_migration_leaves_nothing_behind(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "migrations"
    (broken / "versions").mkdir(parents=True)
    (broken / "env.py").write_text((schema.folder("migrations") / "env.py").read_text())
    (broken / "versions" / "0001_broken.py").write_text(
        "from alembic import op\nrevision, down_revision = '0001', None\n"
        "def upgrade():\n    op.execute('CREATE TABLE half (id integer)')\n    op.execute('CREATE nonsense')\n"
    )
    monkeypatch.setattr(schema, "folder", lambda name: tmp_path / name)
    with pytest.raises(Exception, match="nonsense"):
        schema.upgrade(empty_database)
    engine = create_engine(empty_database.replace("postgresql:", "postgresql+psycopg:"))
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_migration_that_orphans_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'planner.db'}"
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((schema.folder("migrations") / "env.py").read_text())
    (folder / "versions" / "0001_orphans.py").write_text(
        "from alembic import op\nrevision, down_revision = '0001', None\n"
        "def upgrade():\n    op.execute('CREATE TABLE parent (id integer PRIMARY KEY)')\n"
        "    op.execute('CREATE TABLE child (parent_id integer REFERENCES parent (id))')\n"
        "    op.execute('INSERT INTO child VALUES (7)')\n"
    )
    monkeypatch.setattr(schema, "folder", lambda name: tmp_path / name)
    with pytest.raises(RuntimeError, match="refer to nothing"):
        schema.upgrade(url)


def test_people_of_an_older_version_are_found_and_sorted_after_the_upgrade(demo_database: str) -> None:
    before = keys(demo_database)
    schema.downgrade(demo_database, "0001")
    schema.upgrade(demo_database)
    assert keys(demo_database) == before
    assert all(found and order for _number, found, order in before)


def keys(url: str) -> list[tuple[int, str, str]]:
    engine = Database(url).engine
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, search_key, name_key FROM registration ORDER BY id")).all()
    engine.dispose()
    return [tuple(row) for row in rows]
