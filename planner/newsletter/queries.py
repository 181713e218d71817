"""What is asked about news."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from planner.consortium.tables import Partner
from planner.errors import Missing
from planner.newsletter.tables import ComingNext, NewsItem


def news(session: Session, project_id: int) -> Sequence[NewsItem]:
    """News of a project, newest first."""
    query = select(NewsItem).where(NewsItem.project_id == project_id)
    return session.exec(query.order_by(col(NewsItem.date).desc(), col(NewsItem.id))).all()


def news_item(session: Session, project_id: int, slug: str) -> NewsItem:
    """One piece of news. Raises Missing."""
    query = select(NewsItem).where(NewsItem.project_id == project_id, NewsItem.slug == slug)
    found = session.exec(query).first()
    if found is None:
        raise Missing
    return found


def report(session: Session, meeting_id: int) -> NewsItem | None:
    """The report of a meeting, if one is published."""
    return session.exec(select(NewsItem).where(NewsItem.meeting_id == meeting_id).order_by(col(NewsItem.date))).first()


def coming(session: Session, project_id: int) -> list[tuple[ComingNext, str]]:
    """What comes next, each with the short name of the partner who leads it."""
    query = select(ComingNext, Partner.short).join(Partner, isouter=True).where(ComingNext.project_id == project_id)
    return [(row, short or "") for row, short in session.exec(query.order_by(col(ComingNext.position)))]
