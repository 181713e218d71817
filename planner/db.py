"""The database: one code path for SQLite and PostgreSQL.

`read()` opens a snapshot for questions, `write()` a transaction that holds the write lock from its first line.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from litestar.serialization import decode_json
from sqlalchemy import JSON, Connection, Dialect, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session, SQLModel

from planner.settings import settings

Texts = dict[str, str]
"""Text in several languages: language code to text."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that migrations can drop them on both databases."""

SQLModel.metadata.naming_convention = NAMING  # before the first table: constraints get their names when attached


class Table(SQLModel):
    """What every table of the house is made from."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class TextsType(TypeDecorator[Texts]):
    """A typed JSON column for text in several languages; refuses anything but language → text."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, str] | None, dialect: Dialect) -> Texts | None:
        """Check on the way in, so that a number or a list never gets stored as a text."""
        if value is None:
            return None
        if not all(isinstance(key, str) and isinstance(text, str) for key, text in value.items()):
            raise TypeError("texts map language codes to text")
        return dict(value)


class Database:
    """One engine, connections for probes and, for SQLite, the lock that makes this process's writers queue fairly."""

    def __init__(self, url: str) -> None:
        """Open (not yet connect to) the database at `url`."""
        self.engine = _engine(url)
        self.probes = Probes(self.engine)
        self.lock = threading.Lock() if self.engine.dialect.name == "sqlite" else None


class Probes:
    """Connections kept beside the engine's pool for `probe`: lending one there takes longer than the question."""

    KEPT = 8

    def __init__(self, engine: Engine) -> None:
        """Open none yet; more than KEPT are open only while so many ask at once."""
        self._engine = engine
        self._idle: deque[Any] = deque()

    def first(self, sql: str, parameters: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """First row of a question, as of now. Raises the driver's errors."""
        connection = self._taken()
        try:
            cursor = connection.execute(sql, parameters)
            row: tuple[Any, ...] | None = cursor.fetchone()
            cursor.close()  # a question half read would hold on to the state it was asked in
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return row

    def _taken(self) -> Any:
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _opened(self) -> Any:
        lent = self._engine.raw_connection()
        connection: Any = lent.driver_connection
        lent.detach()  # from now on it is ours: the pool knows nothing of it
        if self._engine.dialect.name == "postgresql":
            connection.autocommit = True  # as SQLite's are: no transaction to begin and end around one question
        return connection

    def _give_back(self, connection: Any) -> None:
        if len(self._idle) < self.KEPT:
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            self._idle.pop().close()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database)
    if parsed.get_backend_name() != "postgresql":
        raise ValueError("Planner works with SQLite and PostgreSQL")
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=20,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,  # what people typed never gets into a log
        json_deserializer=decode_json,  # an agenda is some thousand small JSON values: several times faster
    )


def _sqlite(url: str, path: str | None) -> Engine:
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=40,
        max_overflow=20,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
        json_deserializer=decode_json,
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Without this the driver opens a transaction only at the first change, so reads before it are outside.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails with "database is locked" however long it waits.
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


_open: dict[str, Database] = {}


def connect(url: str | None = None) -> Database:
    """The database at `url` (the configured one when None), opened at the first call; becomes the current one."""
    key = url or settings().database_url
    if key not in _open:
        _open[key] = Database(key)
    _open[""] = _open[key]
    return _open[key]


def current() -> Database:
    """The database this process works with."""
    return _open.get("") or connect()


def disconnect() -> None:
    """Close every connection of this process."""
    for database in _open.values():
        database.probes.close()
        database.engine.dispose()
    _open.clear()


@contextmanager
def read() -> Iterator[Session]:
    """A session for questions only: one snapshot, nothing is kept."""
    with Session(current().engine, autoflush=False, expire_on_commit=False) as session:
        yield session


@contextmanager
def write() -> Iterator[Session]:
    """A session whose changes are kept together or not at all: one request or job is one transaction.

    On SQLite it holds the write lock from the start, on PostgreSQL an act locks the rows it counts. Do not render,
    post or wait inside it.
    """
    database = current()
    if database.lock is None:
        with Session(database.engine, expire_on_commit=False) as session, session.begin():
            yield session
        return
    engine = database.engine.execution_options(sqlite_begin="IMMEDIATE")
    with database.lock, Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def probe(sql: str, parameters: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """First row of one indexed question, by the driver itself: what a conditional request may cost.

    `sql` is written with `?` for its parameters and uses nothing that one of the two databases lacks.
    """
    database = current()
    asked = sql if database.lock else sql.replace("?", "%s")
    try:
        return database.probes.first(asked, parameters)
    except database.engine.dialect.loaded_dbapi.Error:  # a kept connection ends when the database is restarted
        with database.engine.connect() as connection:
            row = connection.exec_driver_sql(asked, parameters).first()
            return tuple(row) if row else None


def shred() -> None:
    """Leave nothing of deleted rows in SQLite's files: write them anew, and empty the journal (PostgreSQL: VACUUM).

    Readers go on; a reader or writer in the way for longer than the usual patience leaves it to the next time.
    """
    database = current()
    if database.lock is None:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
        return
    with database.lock, suppress(sqlite3.OperationalError), closing(database.engine.raw_connection()) as lent:
        for order in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            lent.cursor().execute(order)
