"""`planner demo`: SECON's project, partners, meetings and registrations, written once."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from planner import db
from planner.accounts.tables import Account, Grant
from planner.agenda.tables import Document
from planner.clock import now
from planner.consortium.tables import Project
from planner.demo import asking, consortium, delegates, programme
from planner.demo.reading import Loading, records
from planner.newsletter.tables import ComingNext, NewsItem, Newsletter

ORGANISER = "organiser@secon.example"


def load(today: date) -> bool:
    """Write the demo, in one transaction; Riga's meeting is placed from `today` on. False when it is there already."""
    with db.write() as session:
        if session.exec(select(Project.id).where(Project.slug == consortium.SLUG)).first() is not None:
            return False
        _load(session, today)
    return True


def _load(session: Session, today: date) -> None:
    moment = now()
    loading = Loading(session, today)
    project = consortium.load(loading, moment)
    programme.load(loading, project, moment)
    delegates.load(loading, moment)
    asking.load(loading)
    _news(loading, project)
    _organiser(loading, project, moment)


def _news(loading: Loading, project: int) -> None:
    data = records("news")
    loading.add_all(
        NewsItem(
            project_id=project,
            slug=record["id"],
            meeting_id=loading.id("meeting", record["meeting"]),
            date=record["date"],
            title=record["title"],
            text=record["text"],
        )
        for record in data["news"]
    )
    loading.add_all(
        ComingNext(
            project_id=project,
            slug=record["id"],
            position=position,
            partner_id=loading.id("partner", record["partner"]),
            title=record["title"],
            text=record["text"],
            link=record["link"] or "",
        )
        for position, record in enumerate(data["what_comes_next"])
    )
    loading.add_all(
        Document(project_id=project, position=position, title=record["title"], link=record["link"])
        for position, record in enumerate(data["what_comes_next"])
        if record["link"]
    )
    loading.add_all(
        Newsletter(
            project_id=project,
            slug=issue["id"],
            number=issue["number"],
            language=issue["language"],
            published=issue["published"],
            title=issue["title"],
            greeting=issue["greeting"],
            sections=issue["sections"],
        )
        for issue in data["newsletters"]
    )


def _organiser(loading: Loading, project: int, moment: datetime) -> None:
    row = Account(email=ORGANISER, name="SECON office", created_at=moment - timedelta(days=1))
    account = loading.add("account", ORGANISER, row)
    loading.add_all(
        Grant(account_id=account, role=role, scope="project", scope_id=project, granted_at=moment)
        for role in ("organiser", "logistics")
    )
