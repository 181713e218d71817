"""How many questions some work asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from planner import db


@dataclass
class Count:
    """The statements that were sent, in order. Those of `db.probe` go past SQLAlchemy and are not among them."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many there were."""
        return len(self.statements)

    def __str__(self) -> str:
        """One in a line."""
        return "\n".join(" ".join(statement.split()) for statement in self.statements)


@contextmanager
def counting() -> Iterator[Count]:
    """Counts what is asked of the current database inside the block: `with counting() as count: …; count.number`."""
    count, engine = Count(), db.current().engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):
            count.statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", note)
