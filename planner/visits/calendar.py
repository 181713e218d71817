"""What calendars say of buses and study visits: where to be and when, before the item itself begins."""

from __future__ import annotations

from planner.agenda.calendar import Note, where
from planner.language import _, language_text, say, speaking, time_text
from planner.visits.views import Outings, RideView, VisitView
from planner.visits.words import ride_text


def notes(plan: Outings, language: str) -> dict[int, Note]:
    """Notes for the entries of items that move people or visit somebody, by item, in `language`."""
    with speaking(language):
        visits = {visit.item.id: _of_visit(visit, language) for visit in plan.visits}
        moves = {move.item.id: _of_transfer(move.ride, language) for move in plan.transfers}
    return visits | moves


def _of_transfer(ride: RideView, language: str) -> Note:
    return Note(_start(ride, language), _ride(ride, language))


def _of_visit(visit: VisitView, language: str) -> Note:
    ride = _ride(visit.ride, language) if visit.ride else ()
    stops = [
        f"{time_text(stop.arrives)}–{time_text(stop.leaves)} {say(stop.name, wish=language).text}, {stop.address}"
        for stop in visit.stops
    ]
    spoken = _("Language: %(language)s") % {"language": language_text(visit.language)}
    facts = [say(visit.access, wish=language).text]
    return Note(_start(visit.ride, language) if visit.ride else "", (*ride, *stops, spoken, *facts))


def _start(ride: RideView, language: str) -> str:
    return where(ride.start, language)


def _ride(ride: RideView, language: str) -> tuple[str, ...]:
    """Be-there comes first: it is the time that people miss."""
    times = {"be_there": time_text(ride.be_there), "departs": time_text(ride.departs)}
    leaving = _("Be there at %(be_there)s, departure %(departs)s.") % times
    back = {"time": time_text(ride.arrives), "place": where(ride.end, language)}
    vehicles = f" × {ride.vehicles}" if ride.vehicles > 1 else ""
    lines = [f"{ride_text(ride.mode)}{vehicles}. {leaving}", _("Arrival %(time)s: %(place)s") % back]
    if ride.last_return is not None:
        lines.append(_("The last one goes back at %(time)s") % {"time": time_text(ride.last_return)})
    return tuple(lines)
