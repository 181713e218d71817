"""The ticket below somebody's own page: to show at the door, on the telephone or on paper."""

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import paper
from planner.accounts.guards import act
from planner.clock import now
from planner.consortium.tables import Project
from planner.db import read
from planner.errors import Missing
from planner.language import _, current, days_text, moment_text, say
from planner.meetings.queries import Found, frame
from planner.meetings.tables import Meeting
from planner.names import full
from planner.own.ticket import check_in_address, qr_inline, qr_svg
from planner.registration.queries import of_token
from planner.registration.tables import Registration
from planner.registration.words import category_text
from planner.web import Visit, download, page

OWN = act("registration.own")
HIDDEN = {"X-Robots-Tag": "noindex, nofollow"}


def _bearer(session: Session, token: str) -> tuple[Found, Registration]:
    """The meeting and the registration of somebody whose place is certain. Raises Missing for anybody else."""
    row = of_token(session, token)
    if row.status not in ("confirmed", "walk_in") or row.erased_at:
        raise Missing
    meeting = session.get_one(Meeting, row.meeting_id)
    return Found(session.get_one(Project, meeting.project_id), meeting), row


@get("/my/{token:str}/ticket", opt=OWN, sync_to_thread=True)
def show(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """The ticket to show on a telephone."""
    with read() as session:
        found, row = _bearer(session, token)
    context = {
        "frame": frame(found.project, found.meeting),
        "meeting": found.meeting,
        "home": f"/my/{token}",
        "name": full(row.latin_given, row.latin_family, row.order, row.title),
        "category": category_text(row.category),
        "qr": qr_inline(check_in_address(found, row), _("QR code for the helpers at the door")),
    }
    answer = page(request, "own/ticket.html", context)
    answer.headers.update(HIDDEN)
    return answer


@get("/my/{token:str}/ticket.pdf", opt=OWN, sync_to_thread=True)
def printed(request: Visit, token: FromPath[str]) -> Response[bytes]:
    """The ticket on paper."""
    with read() as session:
        found, row = _bearer(session, token)
    made = paper.render("own/ticket", _data(found, row), made_at=now(), language=current())
    answer = download(made, "application/pdf", f"ticket-{found.meeting.slug}.pdf")
    answer.headers.update(HIDDEN)
    return answer


def _data(found: Found, row: Registration) -> dict[str, object]:
    project, meeting = found.project, found.meeting
    return {
        "labels": {
            "ticket": _("Ticket"),
            "qr": _("QR code for the helpers at the door"),
            "hint": _("Please show this at the door. The code holds no data about you; only helpers can open it."),
        },
        "project": {
            "acronym": project.acronym,
            "name": say(project.names).text,
            "reference": project.reference,
            "programme": project.programme,
        },
        "meeting": {
            "title": say(meeting.title).text,
            "place": say(meeting.place).text,
            "dates_text": days_text(meeting.first_day, meeting.last_day),
        },
        "name": full(row.latin_given, row.latin_family, row.order, row.title),
        "own_name": full(row.given, row.family, row.order, row.title),
        "organisation": row.organisation,
        "category": category_text(row.category),
        "made": moment_text(now(), meeting.zone),
        "qr": qr_svg(check_in_address(found, row)),
        "funding": say(project.funding).text,
        "disclaimer": say(project.disclaimer).text,
        "demo_note": _("Demonstration: people, times and rooms are invented.") if project.demo else "",
    }


ROUTES: list[ControllerRouterHandler] = [show, printed]
