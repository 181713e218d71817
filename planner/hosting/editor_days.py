"""The editor's forms of days and blocks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db
from planner.agenda import outline
from planner.agenda.day_forms import audiences, block_typed, block_words, day_typed, day_words, read_block, read_day
from planner.agenda.entry import BlockValues, DayValues
from planner.agenda.item_form import written_languages
from planner.agenda.item_words import Difference
from planner.agenda.rows import drafted
from planner.agenda.speaker_lines import directory
from planner.agenda.tables import Block, Day
from planner.errors import Missing, Refusal, Stale
from planner.forms import Check, Typed, read
from planner.hosting.editor import AGENDA, EDIT, Answer, actor, context, done, number_in
from planner.language import _, day_text
from planner.meetings.queries import Found, at_desk
from planner.web import Visit, page, see

DAY, BLOCK = AGENDA + "/days/{day:int}", AGENDA + "/blocks/{block:int}"
DAY_PAGE, BLOCK_PAGE = "hosting/editor_dayform.html", "hosting/editor_block.html"
MOST_DAYS = 31
"""Days of a meeting that are added at once."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What the forms of days and blocks offer."""

    found: Found
    languages: tuple[str, ...]
    days: Mapping[int, Day]
    blocks: Mapping[int, Block]
    people: Mapping[int, str]

    @property
    def home(self) -> str:
        """The address of the editor."""
        return f"/{self.found.project.slug}/{self.found.meeting.slug}/desk/agenda"

    def day(self, number: int) -> Day:
        """A day of the draft. Raises Missing."""
        if number not in self.days:
            raise Missing
        return self.days[number]

    def block(self, number: int) -> Block:
        """A block of the draft. Raises Missing."""
        if number not in self.blocks:
            raise Missing
        return self.blocks[number]


def _outline(project: str, meeting: str) -> Outline:
    with db.read() as session:
        found = at_desk(session, project, meeting)
        rows = drafted(session, found.meeting)
        return Outline(found, written_languages(session, found), rows.day, rows.block, directory(session, found))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form with what is in it; `row` is what it changes, `late` what somebody else has saved since."""

    template: str
    typed: Typed
    row: Day | Block | None = None
    errors: Mapping[str, str] | None = None
    late: Sequence[Difference] | None = None


def _form(request: Visit, there: Outline, sheet: Sheet) -> Response[bytes]:
    values = {
        **context(request, there.found),
        "row": sheet.row,
        "typed": sheet.typed,
        "errors": sheet.errors or {},
        "late": sheet.late,
        "codes": there.languages,
        "labels": {"date": _("Date"), "chair": _("Chair"), "day_of": _("Day"), "audience": _("For whom")},
        "people": [(str(number), label) for number, label in there.people.items()],
        "days": [(str(number), day_text(day.date)) for number, day in there.days.items()],
        "audiences": audiences(),
    }
    return page(request, sheet.template, values, status=409 if sheet.late is not None else 422 if sheet.errors else 200)


Compare = Callable[[object, Outline], Sequence[Difference]]


def _kept(
    request: Visit, there: Outline, sheet: Sheet, check: Check, save: Callable[[Session], Day | Block], compare: Compare
) -> Response[bytes]:
    """Do what the form says and go to its day; what cannot be done is said in the form, and nothing typed is lost."""
    wrong = Sheet(sheet.template, check.typed, sheet.row, check.errors)
    if not check.fine:
        return _form(request, there, wrong)
    try:
        with db.write() as session:
            row = save(session)
            day = session.get(Day, row.day_id) if isinstance(row, Block) else row
            number = day.number if day else 0
    except Stale as stale:
        now = _outline(there.found.project.slug, there.found.meeting.slug)
        return _form(request, now, _late(sheet, check.typed, now, compare(stale.current, there)))
    except Refusal as refusal:
        check.wrong({"chair_id": "chair"}.get(refusal.field, refusal.field), refusal.sentence)
        return _form(request, there, wrong)
    return see(f"{there.home}?day={number}")


def _late(sheet: Sheet, typed: Typed, now: Outline, rows: Sequence[Difference]) -> Sheet:
    """What was typed, at the version that is there now: saving it again puts it on top."""
    row = now.block(sheet.row.id or 0) if isinstance(sheet.row, Block) else now.day((sheet.row and sheet.row.id) or 0)
    return Sheet(sheet.template, Typed({**typed.values, "version": [str(row.version)]}), row, late=rows)


def _gone(
    request: Visit, there: Outline, template: str, typed: Typed, kind: type[Day | Block], number: int
) -> Response[bytes]:
    """What was typed, as the form of a new one: somebody has deleted the day or block. Raises Missing for others."""
    with db.read() as session:
        row = session.get(Day, number) if kind is Day else session.get(Block, number)
        day = session.get(Day, row.day_id) if isinstance(row, Block) else row
    if row is None or row.deleted_at is None or day is None or day.meeting_id != there.found.meeting.id:
        raise Missing
    sentence = _("Somebody has deleted this meanwhile. Saved from here, it is added anew, without its items.")
    return _form(request, there, Sheet(template, typed, errors={"": sentence}))


def _do(
    request: Visit, project: str, meeting: str, body: bytes, act: Callable[..., object], focus: str = ""
) -> Response[bytes]:
    """Do an act on a day or block at the version that its form was read at, and show the board."""
    version = number_in(read(request, body).one("version"))

    def act_of(session: Session, found: Found) -> Answer:
        act(session, found.meeting.id or 0, actor(request), version=version)
        return Answer(focus=focus)

    return done(request, project, meeting, act_of)


@get(AGENDA + "/days/new", opt=EDIT, sync_to_thread=True)
def new_day(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form of a new day: the one after the last."""
    there = _outline(project, meeting)
    last = max((day.date for day in there.days.values()), default=None)
    date = last + timedelta(days=1) if last else there.found.meeting.first_day
    return _form(request, there, Sheet(DAY_PAGE, day_typed(DayValues(date), 0, there.languages)))


@post(AGENDA + "/days", opt=EDIT, sync_to_thread=True)
def add_day(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Add a day, or (`all`) every day of the meeting at once."""
    check = Check(read(request, body))
    there = _outline(project, meeting)
    if check.tick("all"):
        return done(request, project, meeting, lambda session, found: _all_days(session, found, actor(request)))
    values = read_day(check, there.languages, there.people)
    save = lambda session: outline.add_day(session, there.found.meeting.id or 0, actor(request), values)  # noqa: E731
    return _kept(request, there, Sheet(DAY_PAGE, check.typed), check, save, lambda _theirs, _there: [])


def _all_days(session: Session, found: Found, who: str) -> Answer:
    meeting = found.meeting
    for number in range(min((meeting.last_day - meeting.first_day).days + 1, MOST_DAYS)):
        outline.add_day(session, meeting.id or 0, who, DayValues(meeting.first_day + timedelta(days=number)))
    return Answer()


@get(DAY, opt=EDIT, sync_to_thread=True)
def one_day(request: Visit, project: FromPath[str], meeting: FromPath[str], day: FromPath[int]) -> Response[bytes]:
    """The form of a day."""
    there = _outline(project, meeting)
    row = there.day(day)
    return _form(request, there, Sheet(DAY_PAGE, day_typed(DayValues.of(row), row.version, there.languages), row))


@post(DAY, opt=EDIT, sync_to_thread=True)
def edit_day(
    request: Visit, project: FromPath[str], meeting: FromPath[str], day: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Change a day."""
    check = Check(read(request, body))
    there = _outline(project, meeting)
    if day not in there.days:
        return _gone(request, there, DAY_PAGE, check.typed, Day, day)
    row, values = there.day(day), read_day(check, there.languages, there.people)
    version = number_in(check.typed.one("version"))

    def save(session: Session) -> Day:
        return outline.edit_day(session, there.found.meeting.id or 0, actor(request), day, version, values)

    def compare(theirs: object, there: Outline) -> Sequence[Difference]:
        return day_words(values, theirs, there.people) if isinstance(theirs, DayValues) else []

    return _kept(request, there, Sheet(DAY_PAGE, check.typed, row), check, save, compare)


@post(DAY + "/removal", opt=EDIT, sync_to_thread=True)
def delete_day(
    request: Visit, project: FromPath[str], meeting: FromPath[str], day: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take a day off the agenda; its items wait in the pool."""
    return _do(request, project, meeting, body, partial(outline.delete_day, day_id=day))


@get(AGENDA + "/blocks/new", opt=EDIT, sync_to_thread=True)
def new_block(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The form of a new block on the shown day."""
    there = _outline(project, meeting)
    shown = request.query_params.get("day", "")
    day = next((number for number, row in there.days.items() if str(row.number) == shown), 0)
    return _form(request, there, Sheet(BLOCK_PAGE, block_typed(BlockValues(day), 0, there.languages)))


@post(AGENDA + "/blocks", opt=EDIT, sync_to_thread=True)
def add_block(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Add a block to a day."""
    check = Check(read(request, body))
    there = _outline(project, meeting)
    values = read_block(check, there.languages, there.days)
    save = lambda session: outline.add_block(session, there.found.meeting.id or 0, actor(request), values)  # noqa: E731
    return _kept(request, there, Sheet(BLOCK_PAGE, check.typed), check, save, lambda _theirs, _there: [])


@get(BLOCK, opt=EDIT, sync_to_thread=True)
def one_block(request: Visit, project: FromPath[str], meeting: FromPath[str], block: FromPath[int]) -> Response[bytes]:
    """The form of a block."""
    there = _outline(project, meeting)
    row = there.block(block)
    return _form(request, there, Sheet(BLOCK_PAGE, block_typed(BlockValues.of(row), row.version, there.languages), row))


@post(BLOCK, opt=EDIT, sync_to_thread=True)
def edit_block(
    request: Visit, project: FromPath[str], meeting: FromPath[str], block: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Change a block, or take it with its items to another day."""
    check = Check(read(request, body))
    there = _outline(project, meeting)
    if block not in there.blocks:
        return _gone(request, there, BLOCK_PAGE, check.typed, Block, block)
    row, values = there.block(block), read_block(check, there.languages, there.days)
    version = number_in(check.typed.one("version"))

    def save(session: Session) -> Block:
        return outline.edit_block(session, there.found.meeting.id or 0, actor(request), block, version, values)

    def compare(theirs: object, there: Outline) -> Sequence[Difference]:
        return block_words(values, theirs, there.days) if isinstance(theirs, BlockValues) else []

    return _kept(request, there, Sheet(BLOCK_PAGE, check.typed, row), check, save, compare)


@post(BLOCK + "/earlier", opt=EDIT, sync_to_thread=True)
def block_earlier(
    request: Visit, project: FromPath[str], meeting: FromPath[str], block: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Let a block change places with the one before it."""
    nudge = partial(outline.nudge_block, block_id=block, direction="earlier")
    return _do(request, project, meeting, body, nudge, focus=f"earlier-block-{block}")


@post(BLOCK + "/later", opt=EDIT, sync_to_thread=True)
def block_later(
    request: Visit, project: FromPath[str], meeting: FromPath[str], block: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Let a block change places with the one after it."""
    nudge = partial(outline.nudge_block, block_id=block, direction="later")
    return _do(request, project, meeting, body, nudge, focus=f"later-block-{block}")


@post(BLOCK + "/removal", opt=EDIT, sync_to_thread=True)
def delete_block(
    request: Visit, project: FromPath[str], meeting: FromPath[str], block: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take a block off the agenda; its items wait in the pool."""
    return _do(request, project, meeting, body, partial(outline.delete_block, block_id=block))


ROUTES: list[ControllerRouterHandler] = [
    new_day, add_day, one_day, edit_day, delete_day,
    new_block, add_block, one_block, edit_block, block_earlier, block_later, delete_block,
]  # fmt: skip
