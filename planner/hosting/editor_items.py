"""The editor's forms of one item: all that it says, where it goes, and whether it takes place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath, RawBody
from litestar.types import ControllerRouterHandler
from sqlmodel import Session

from planner import db
from planner.agenda import actions
from planner.agenda.actions import FARTHEST, Move
from planner.agenda.documents import of_speakers
from planner.agenda.entry import ItemValues, values_of
from planner.agenda.item_form import Offered, as_typed, offered, read_item, tongues, whole_number
from planner.agenda.item_words import Difference, differences, labels
from planner.agenda.move_form import Targets, compared, read_move, where_to
from planner.agenda.speaker_lines import brought, speaker_lines
from planner.agenda.tables import Item
from planner.errors import Missing, Refusal, Stale
from planner.forms import Check, Typed, read
from planner.hosting.editor import AGENDA, EDIT, Answer, Told, actor, context, done, gone, kept, number_in
from planner.language import _, listed, say
from planner.meetings.queries import Found, at_desk
from planner.web import Visit, page

ITEM = AGENDA + "/items/{item:int}"
FIELDS = {"place_id": "place", "parent_id": "parent", "speakers": "speaker_0", "line": "title"}
"""What the acts call fields, where the form calls them otherwise."""


class Conflict(NamedTuple):
    """What the reader wrote and what somebody else has saved since; no rows when it was deleted."""

    sentence: str
    rows: Sequence[Difference] | None


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is shown: what is in it, what is wrong with it, what came between."""

    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None

    @property
    def status(self) -> int:
        """Of the answer that shows it."""
        return 409 if self.conflict else 422 if self.errors else 200


def own(session: Session, found: Found, number: int, *, deleted: bool = False) -> Item:
    """An item of this meeting's draft, or (`deleted`) one that was there. Raises Missing."""
    row = session.get(Item, number)
    if row is None or row.meeting_id != found.meeting.id or (row.deleted_at is not None and not deleted):
        raise Missing
    return row


def _shown(
    request: Visit, template: str, found: Found, item: Item, offer: Offered | Targets, form: Form, **more: Any
) -> Response[bytes]:
    """A form in the place of its line, or on a page of its own."""
    frame = context(request, found)
    values = {
        **frame,
        "item": item,
        "address": f"{frame['base']}/agenda/items/{item.id}",
        "offer": offer,
        "typed": form.typed,
        "errors": form.errors,
        "summary": {f"{name}-{item.id}" if name else "": sentence for name, sentence in form.errors.items()},
        "labels": {f"{name}-{item.id}": label for name, label in {**labels(), "where": _("Day and block")}.items()},
        "conflict": form.conflict,
        **more,
    }
    return page(request, template, values, block="form", status=form.status)


def _item_form(request: Visit, found: Found, item: Item, offer: Offered, form: Form) -> Response[bytes]:
    lines = speaker_lines(form.typed)
    names = [form.typed.one(f"speaker_{line}").partition(",")[0] for line in lines]
    with db.read() as session:
        files = of_speakers(session, item)
    return _shown(
        request, "hosting/editor_item.html", found, item, offer, form,
        codes=tongues(form.typed, offer),
        speaker_lines=lines,
        brought=brought(form.typed, lines, offer.people, files),
        speakers=listed(names),
        opened=_opened(form.errors),
    )  # fmt: skip


def _opened(errors: Iterable[str]) -> dict[str, bool]:
    """Which folds of the form are open: those with a mistake in them."""
    wrong = set(errors)
    return {
        "speakers": any(name.startswith(("speaker", "role", "function", "organisation")) for name in wrong),
        "text": any(name.startswith(("text", "points")) for name in wrong),
        "audience": bool(wrong & {"audience", "partners", "mode", "language", "capacity", "interpretation", "hidden"}),
        "evidence": "practices" in wrong,
    }


@get(ITEM, opt=EDIT, sync_to_thread=True)
def one(request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int]) -> Response[bytes]:
    """All that an item says; for htmx the form alone, in the place of its line."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = own(session, found, item, deleted=True)
        offer, values = offered(session, found, row), values_of(session, row)
    if row.deleted_at is not None:
        return gone(request, project, meeting)
    return _item_form(request, found, row, offer, Form(as_typed(values, row.version, offer)))


@post(ITEM, opt=EDIT, sync_to_thread=True)
def edit(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Save all that the form says; when somebody was faster, both versions side by side and nothing saved."""
    check = Check(read(request, body))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = own(session, found, item, deleted=True)
        offer = offered(session, found, row)
    values = read_item(check, offer, scheduled=row.block_id is not None)
    if row.deleted_at is not None:
        sentence = _("Somebody has deleted this item. Your text is kept below: undo the deletion there, then save.")
        return _item_form(request, found, row, offer, Form(check.typed, conflict=Conflict(sentence, None)))
    if not check.fine:
        return _item_form(request, found, row, offer, Form(check.typed, check.errors))
    version = number_in(check.typed.one("version"))

    def save(session: Session, found: Found) -> Answer:
        actions.edit_item(session, found.meeting.id or 0, actor(request), item, version, values)
        return Answer(focus=f"edit-{item}")

    try:
        return kept(request, project, meeting, save, item)
    except Stale as stale:
        return _item_form(request, found, *_late(found, item, check.typed, stale, values, offer))
    except Refusal as refusal:
        check.wrong(_field(refusal, offer), refusal.sentence)
        return _item_form(request, found, row, offer, Form(check.typed, check.errors))


def _late(
    found: Found, item: int, typed: Typed, stale: Stale, values: ItemValues, offer: Offered
) -> tuple[Item, Offered, Form]:
    """What was typed, at the version that is there now: saving it again puts it on top."""
    with db.read() as session:
        row = own(session, found, item)
    theirs = stale.current if isinstance(stale.current, ItemValues) else values
    now = Typed({**typed.values, "version": [str(row.version)]})
    return row, offer, Form(now, conflict=Conflict(stale.sentence, differences(values, theirs, offer)))


def _field(refusal: Refusal, offer: Offered) -> str:
    name = FIELDS.get(refusal.field, refusal.field)
    return f"title_{offer.languages[0]}" if name == "title" else name


@get(ITEM + "/move", opt=EDIT, sync_to_thread=True)
def where(request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int]) -> Response[bytes]:
    """Where an item can go."""
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row = own(session, found, item, deleted=True)
        offer = where_to(session, found)
    if row.deleted_at is not None:
        return gone(request, project, meeting)
    typed = Typed(
        {
            "version": [str(row.version)],
            "where": [str(row.block_id or "")],
            "starts": [f"{row.starts:%H:%M}" if row.starts else ""],
            "place": [str(row.place_id or "")],
            "track": [row.track],
        }
    )
    return _move_form(request, found, row, offer, Form(typed))


@post(ITEM + "/move", opt=EDIT, sync_to_thread=True)
def move(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take an item to another day, block, time, room or track."""
    check = Check(read(request, body))
    with db.read() as session:
        found = at_desk(session, project, meeting)
        row, offer = own(session, found, item, deleted=True), where_to(session, found)
    if row.deleted_at is not None:
        return gone(request, project, meeting)
    wish = read_move(check, offer)
    if not check.fine:
        return _move_form(request, found, row, offer, Form(check.typed, check.errors))
    version = number_in(check.typed.one("version"))

    def save(session: Session, found: Found) -> Answer:
        actions.move_item(session, found.meeting.id or 0, actor(request), item, version, **asdict(wish))
        return Answer(_gone(wish, row, offer), f"move-{item}")

    try:
        return kept(request, project, meeting, save, item, offer.day_of.get(wish.block_id or 0, ""))
    except Stale as stale:
        return _move_form(request, found, *_moved_meanwhile(found, item, check.typed, stale, wish, offer))
    except Refusal as refusal:
        check.wrong(FIELDS.get(refusal.field, refusal.field), refusal.sentence)
        return _move_form(request, found, row, offer, Form(check.typed, check.errors))


def _moved_meanwhile(
    found: Found, item: int, typed: Typed, stale: Stale, wish: Move, offer: Targets
) -> tuple[Item, Targets, Form]:
    with db.read() as session:
        row = own(session, found, item)
    now = Typed({**typed.values, "version": [str(row.version)]})
    return row, offer, Form(now, conflict=Conflict(stale.sentence, compared(wish, row, offer)))


def _gone(wish: Move, row: Item, offer: Targets) -> Told | None:
    """Says where an item went that is no longer on the shown day."""
    names = dict(offer.blocks)
    if offer.day_of.get(wish.block_id or 0) == offer.day_of.get(row.block_id or 0):
        return None
    there = names.get(str(wish.block_id), _("Not scheduled yet"))
    return Told(_("“%(title)s” is there now: %(place)s") % {"title": say(row.title).text, "place": there})


def _move_form(request: Visit, found: Found, item: Item, offer: Targets, form: Form) -> Response[bytes]:
    return _shown(request, "hosting/editor_move.html", found, item, offer, form)


@post(ITEM + "/shift", opt=EDIT, sync_to_thread=True)
def shift(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Shift everything after an item on its day by so many minutes."""
    check = Check(read(request, body))
    minutes = whole_number(check, "minutes", -FARTHEST, FARTHEST)
    version = number_in(check.typed.one("version"))

    def act_of(session: Session, found: Found) -> Answer:
        if minutes is None:
            raise Refusal(check.errors.get("minutes") or _("Please write by how many minutes."))
        actions.shift_after(session, found.meeting.id or 0, actor(request), item, version, minutes)
        return Answer(focus=f"move-{item}")

    return done(request, project, meeting, act_of, item)


Mark = Callable[[Session, int, str, int, int], object]


def _marked(request: Visit, project: str, meeting: str, item: int, typed: Typed, mark: Mark) -> Response[bytes]:
    version = number_in(typed.one("version"))

    def act_of(session: Session, found: Found) -> Answer:
        mark(session, found.meeting.id or 0, actor(request), item, version)
        return Answer(focus="changes" if mark is actions.delete_item else f"edit-{item}")

    return done(request, project, meeting, act_of, item)


@post(ITEM + "/cancellation", opt=EDIT, sync_to_thread=True)
def cancel(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Mark an item as cancelled."""
    return _marked(request, project, meeting, item, read(request, body), actions.cancel_item)


@post(ITEM + "/restoration", opt=EDIT, sync_to_thread=True)
def restore(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take a cancellation back."""
    return _marked(request, project, meeting, item, read(request, body), actions.restore_item)


@post(ITEM + "/removal", opt=EDIT, sync_to_thread=True)
def delete(
    request: Visit, project: FromPath[str], meeting: FromPath[str], item: FromPath[int], body: RawBody
) -> Response[bytes]:
    """Take an item off the draft."""
    return _marked(request, project, meeting, item, read(request, body), actions.delete_item)


ROUTES: list[ControllerRouterHandler] = [one, edit, where, move, shift, cancel, restore, delete]
