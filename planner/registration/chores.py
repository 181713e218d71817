"""What happens to registrations unasked."""

from __future__ import annotations

from planner import files
from planner.db import read, write
from planner.registration.tables import LooseFile
from planner.registration.uploads import overdue


def drop_loose_files() -> None:
    """Delete files that no answer names, a day after they came. The file goes first: a row alone can be done again."""
    with read() as session:
        rows = [(row.id, row.value["name"]) for row in overdue(session)]
    if not rows:
        return
    for _number, name in rows:
        files.discard(name)
    with write() as session:
        for number, _name in rows:
            if row := session.get(LooseFile, number):
                session.delete(row)
