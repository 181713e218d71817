"""What somebody wishes, has, waits for or is offered beside a place at the meeting; and who may come late."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from planner.db import Table


class VisitChoice(Table, table=True):
    """A wish for a study visit (an agenda item): rank 1 or 2. It is `since` then, None is when the person registered.

    `keeps`: the person stays in the queue of this visit also with a seat on another one.
    """

    __tablename__ = "visit_choice"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    rank: int = Field(primary_key=True)
    item_id: int = Field(foreign_key="agenda_item.id", ondelete="CASCADE")
    since: datetime | None = None
    keeps: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class VisitPlace(Table, table=True):
    """The seat on a study visit that a person was given. A `locked` one stays whatever is proposed."""

    __tablename__ = "visit_place"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", index=True, ondelete="CASCADE")
    given_at: datetime
    locked: bool = False


class VisitNews(Table, table=True):
    """An organiser has changed somebody's seat since the person was last told: `told_item_id` is what they know."""

    __tablename__ = "visit_news"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    told_item_id: int | None = Field(default=None, foreign_key="agenda_item.id", ondelete="CASCADE")


class MealChoice(Table, table=True):
    """A meal (an agenda item) that a person takes part in."""

    __tablename__ = "meal_choice"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", primary_key=True, ondelete="CASCADE")


class RideChoice(Table, table=True):
    """The seat on a bus (an agenda item) that a person has."""

    __tablename__ = "ride_choice"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    item_id: int = Field(foreign_key="agenda_item.id", primary_key=True, ondelete="CASCADE")


class OptionPlace(Table, table=True):
    """The place in a limited option of a question that a person has."""

    __tablename__ = "option_place"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    question_id: int = Field(primary_key=True)
    option: str = Field(primary_key=True)
    given_at: datetime


class PlaceWish(Table, table=True):
    """A bus or a limited option that a person waits for, `since` then.

    `kind`, `number` and `key` are the pool: see planner.registration.pools.
    """

    __tablename__ = "place_wish"

    registration_id: int = Field(foreign_key="registration.id", primary_key=True, ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    key: str = Field(primary_key=True)
    since: datetime


class PlaceOffer(Table, table=True):
    """A freed place that was kept for somebody from `made_at` until `expires_at`: at the meeting or in another pool.

    outcome: empty while it is open, then accepted, declined, lapsed or void (nobody needed it any more).
    """

    __tablename__ = "place_offer"
    __table_args__ = (
        Index(
            "uq_place_offer_open",
            "registration_id",
            "kind",
            "number",
            "key",
            unique=True,
            sqlite_where=text("outcome = ''"),
            postgresql_where=text("outcome = ''"),
        ),
        Index("ix_place_offer_due", "outcome", "expires_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    registration_id: int = Field(foreign_key="registration.id", index=True, ondelete="CASCADE")
    kind: str
    number: int
    key: str
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    outcome: str = ""


class DeadlineException(Table, table=True):
    """One address may register, or change, until then, though the deadline has passed: who allowed it, and its use."""

    __tablename__ = "deadline_exception"

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True, ondelete="CASCADE")
    uid: str = Field(unique=True)
    email: str
    until: datetime
    reason: str = ""
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None = None
    used_at: datetime | None = None
