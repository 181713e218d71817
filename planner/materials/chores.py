"""What happens to documents unasked."""

from __future__ import annotations

from sqlmodel import col, select

from planner import files
from planner.agenda.tables import Document
from planner.clock import now
from planner.db import read, write
from planner.materials.filing import KEPT, destroy


def drop_deleted_documents() -> None:
    """Delete documents for good that nobody brought back in time. The file goes first: a row can be done again."""
    with read() as session:
        due = select(Document.id, Document.file).where(col(Document.deleted_at) < now() - KEPT)
        rows = session.exec(due).all()
    if not rows:
        return
    for _number, name in rows:
        if name:
            files.discard(name)
    with write() as session:
        for number, _name in rows:
            row = session.get(Document, number)
            if row and row.deleted_at:
                destroy(session, row, "planner")
