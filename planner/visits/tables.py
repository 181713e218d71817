"""Study visits and transport.

Their times are written for an item that begins at `item_starts`: when the organisers move the item, they move along.
"""

from datetime import datetime, time

from sqlmodel import Field

from planner.consortium.tables import texts
from planner.db import Table, Texts


class StudyVisit(Table, table=True):
    """What makes an agenda item a study visit. Seats are the smallest of this capacity and the vehicle's seats.

    walking: easy, moderate, demanding, or empty while nobody said. `version` rises with every change. What is deleted
    keeps its row, and so its stops.
    """

    __tablename__ = "study_visit"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="agenda_item.id", unique=True, ondelete="CASCADE")
    host_id: int | None = Field(default=None, foreign_key="organisation.id")
    contact_id: int | None = Field(default=None, foreign_key="person.id")
    guide_id: int | None = Field(default=None, foreign_key="person.id")
    language: str = "en"
    walking: str = ""
    capacity: int
    photos: Texts = texts()
    access: Texts = texts()
    item_starts: time | None = None
    version: int = 1
    deleted_at: datetime | None = None


class Stop(Table, table=True):
    """A stop of a study visit, in order, with wall-clock times."""

    __tablename__ = "visit_stop"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="study_visit.id", index=True, ondelete="CASCADE")
    number: int
    name: Texts = texts()
    address: str = ""
    arrives: time
    leaves: time
    version: int = 1


class Transport(Table, table=True):
    """How an item moves people: coach, minibus or foot. One is there at `be_there`, before it `departs`.

    Seats are those of all its `vehicles` together, without the drivers'; None when nobody counts (on foot).
    `last_return` is when the last of them goes back.
    """

    __table_args__ = ({"sqlite_autoincrement": True},)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="agenda_item.id", unique=True, ondelete="CASCADE")
    mode: str
    from_place_id: int | None = Field(default=None, foreign_key="place.id")
    to_place_id: int | None = Field(default=None, foreign_key="place.id")
    be_there: time
    departs: time
    arrives: time
    seats: int | None = None
    vehicles: int = 1
    wheelchair_places: int | None = None
    last_return: time | None = None
    item_starts: time | None = None
    version: int = 1
