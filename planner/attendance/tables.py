"""Who was there: signatures on the day's list, the meeting software's log, absences."""

from datetime import date, datetime, time

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from planner.db import Table


class Signature(Table, table=True):
    """A person signed the list of a day; `written_in` by hand below the printed rows (a walk-in)."""

    __table_args__ = (UniqueConstraint("registration_id", "day_id"),)

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    day_id: int = Field(foreign_key="agenda_day.id", index=True, ondelete="CASCADE")
    written_in: bool = False
    noted_at: datetime


class Absence(Table, table=True):
    """A person was expected on a day and not there: no_show, cancelled or ill."""

    __table_args__ = (UniqueConstraint("registration_id", "day_id"),)

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    day_id: int = Field(foreign_key="agenda_day.id", index=True, ondelete="CASCADE")
    reason: str


class OnlineLog(Table, table=True):
    """A line of the meeting software's log, wall-clock times: of a meeting's day, or of one date of a call series."""

    __tablename__ = "online_log"

    id: int | None = Field(default=None, primary_key=True)
    day_id: int | None = Field(default=None, foreign_key="agenda_day.id", index=True, ondelete="CASCADE")
    registration_id: int | None = Field(default=None, foreign_key="registration.id", index=True, ondelete="CASCADE")
    series_id: int | None = Field(default=None, foreign_key="call_series.id", index=True, ondelete="CASCADE")
    occurrence: date | None = None
    person_id: int | None = Field(default=None, foreign_key="person.id")
    shown_as: str = ""
    joined: time
    left: time


class CheckIn(Table, table=True):
    """A helper read somebody's ticket at the door on that day."""

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("registration_id", "day_id"),)

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    day_id: int = Field(foreign_key="agenda_day.id", index=True, ondelete="CASCADE")
    at: datetime
    by: str
