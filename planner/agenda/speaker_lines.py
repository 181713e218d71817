"""The lines for speakers in the form of an item: who is meant by a name, and as what somebody speaks there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session

from planner.agenda.entry import Spoken
from planner.agenda.speakers import PersonRow, people
from planner.agenda.tables import Document
from planner.forms import Check, Typed
from planner.language import _, current, listed, say
from planner.meetings.queries import Found
from planner.names import fold

MOST_SHOWN = 5
"""People who are named when several fit."""
SPARE = 2
"""Empty lines for speakers under those who speak already."""
MOST_SPEAKERS = 40
LONGEST_OFFICE = 200
"""Characters of a function or organisation."""


def directory(session: Session, found: Found) -> dict[int, str]:
    """Everybody who can speak, by number: name and organisation as the reader reads them, no two alike."""
    labels: dict[str, int] = {}
    for person in people(session, found.project.id or 0, on=found.meeting.first_day):
        label = _label(person)
        labels[label if label not in labels else f"{label} ({person.id})"] = person.id
    return {number: label for label, number in labels.items()}


def _label(person: PersonRow) -> str:
    name = person.own_name if person.own_name and person.language == current() else person.name
    return listed([name, say(person.function).text, say(person.organisation).text])


def typed_speakers(speakers: Iterable[Spoken], people: Mapping[int, str]) -> dict[str, list[str]]:
    """Speakers as the form shows them."""
    shown: dict[str, list[str]] = {}
    for line, one in enumerate(speakers):
        shown[f"speaker_{line}"] = [people.get(one.person, "")]
        shown[f"role_{line}"] = [one.role]
        shown[f"online_{line}"] = ["yes"] if one.mode == "online" else []
        shown[f"function_{line}"], shown[f"organisation_{line}"] = [one.function], [one.organisation]
    return shown


def brought(
    typed: Typed, lines: Iterable[int], people: Mapping[int, str], files: Mapping[int, Sequence[Document]]
) -> dict[int, tuple[int, Sequence[Document]]]:
    """Who is named in each filled line, and that person's files."""
    numbers = {label: number for number, label in people.items()}
    named = {line: numbers.get(typed.one(f"speaker_{line}").strip()) for line in lines}
    return {line: (person, files.get(person, ())) for line, person in named.items() if person}


def speaker_lines(typed: Typed) -> range:
    """The lines for speakers that the form shows: the filled ones and some empty ones."""
    filled = [place for place in range(MOST_SPEAKERS) if typed.one(f"speaker_{place}").strip()]
    return range(min(MOST_SPEAKERS, max(filled, default=-1) + 1 + SPARE))


def read_speakers(check: Check, people: Mapping[int, str], roles: Sequence[str]) -> Iterable[Spoken]:
    """Who speaks, line by line; a name that nobody or several have is said in `check`."""
    for place in range(MOST_SPEAKERS):
        name = check.text(f"speaker_{place}", limit=300)
        if not name:
            continue
        fitting = _fitting(name, people)
        if len(fitting) != 1:
            check.wrong(f"speaker_{place}", _whom([people[number] for number in fitting]))
            continue
        (person,) = fitting
        yield Spoken(
            person,
            role=check.choice(f"role_{place}", roles) or "speaker",
            mode="online" if check.tick(f"online_{place}") else "on_site",
            function=check.text(f"function_{place}", limit=LONGEST_OFFICE),
            organisation=check.text(f"organisation_{place}", limit=LONGEST_OFFICE),
        )


def _fitting(typed: str, people: Mapping[int, str]) -> list[int]:
    """Who is meant: the one with exactly that label, or everybody in whose label all the words begin a word."""
    known = {number: fold(label) for number, label in people.items()}
    exactly = [number for number, label in known.items() if label == fold(typed)]
    words = fold(typed).split()
    return exactly or [
        number for number, label in known.items() if all(_begins_one(word, label.split()) for word in words)
    ]


def _begins_one(word: str, others: Iterable[str]) -> bool:
    return any(other.startswith(word) for other in others)


def _whom(fitting: list[str]) -> str:
    """What to do when nobody is meant, or more than one."""
    if not fitting:
        return _("Nobody of that name is in the directory. Choose a name from the list, or add the person first.")
    shown = "; ".join(sorted(fitting)[:MOST_SHOWN])
    return _("Several people fit: %(people)s. Please write more of the name.") % {"people": shown}
