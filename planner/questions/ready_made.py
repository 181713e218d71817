"""Questions of the trade that an organiser adds with one click, with texts in all languages of the interface.

These texts are data of the meeting from the moment they are added: they can be reworded and translated there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.db import Texts
from planner.questions.rules import YES, Condition, Draft, Option

LOGISTICS_DAYS = 30
SPEAKER = Condition("category", "is", ("speaker",))
ON_SITE = Condition("mode", "is", ("on_site",))


def said(en: str, el: str) -> Texts:
    """A text in English and Greek."""
    return {"en": en, "el": el}


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """Some questions that belong together, by their slugs; `name` is what the organiser sees."""

    name: Texts
    questions: Mapping[str, Draft]


def _draft(kind: str, label: Texts, hint: Texts | None = None, **more: object) -> Draft:
    usual = {"keep_days": LOGISTICS_DAYS, "purpose": "logistics", **more}
    return Draft(kind=kind, label=label, hint=hint or {}, **usual)  # type: ignore[arg-type]


def _after(slug: str) -> Condition:
    return Condition(slug, "answered")


def _yes(slug: str) -> Condition:
    return Condition(slug, "is", (YES,))


_NEAR = {"before": 10, "after": 10}
"""Days around the meeting on which somebody may arrive or leave."""
_ROUTE = said(
    "For example: plane A3 980 to Sofia, or by car", "Για παράδειγμα: πτήση A3 980 για Σόφια, ή με αυτοκίνητο"
)

READY_MADE: Mapping[str, ReadyMade] = {
    "arrival": ReadyMade(
        said("Arrival: day, time, place or flight", "Άφιξη: ημέρα, ώρα, τόπος ή πτήση"),
        {
            "arrival_date": _draft("date", said("Day of arrival", "Ημέρα άφιξης"), condition=ON_SITE, limits=_NEAR),
            "arrival_time": _draft("time", said("Time of arrival", "Ώρα άφιξης"), condition=_after("arrival_date")),
            "arrival_by": _draft(
                "text", said("Place of arrival or flight", "Τόπος άφιξης ή πτήση"), _ROUTE,
                condition=_after("arrival_date"),
            ),
        },
    ),
    "departure": ReadyMade(
        said("Departure: day, time, place or flight", "Αναχώρηση: ημέρα, ώρα, τόπος ή πτήση"),
        {
            "departure_date": _draft(
                "date", said("Day of departure", "Ημέρα αναχώρησης"), condition=ON_SITE, limits=_NEAR
            ),
            "departure_time": _draft(
                "time", said("Time of departure", "Ώρα αναχώρησης"), condition=_after("departure_date")
            ),
            "departure_by": _draft(
                "text", said("Place of departure or flight", "Τόπος αναχώρησης ή πτήση"), _ROUTE,
                condition=_after("departure_date"),
            ),
        },
    ),
    "hotel": ReadyMade(
        said("Hotel nights", "Διανυκτερεύσεις"),
        {
            "hotel": _draft(
                "yes_no",
                said("Do you need a hotel room?", "Χρειάζεστε δωμάτιο ξενοδοχείου;"),
                said("We pass your nights on to the hotel.", "Διαβιβάζουμε τις διανυκτερεύσεις σας στο ξενοδοχείο."),
                condition=ON_SITE,
            ),
            "hotel_first": _draft(
                "date", said("First night", "Πρώτη διανυκτέρευση"), condition=_yes("hotel"), required=True, limits=_NEAR
            ),
            "hotel_nights": _draft(
                "number", said("Number of nights", "Αριθμός διανυκτερεύσεων"), condition=_yes("hotel"), required=True,
                limits={"min": "1", "max": "21", "whole": True},
            ),
        },
    ),
    "transfer": ReadyMade(
        said("Transfer from and to the airport or station", "Μεταφορά από και προς το αεροδρόμιο ή τον σταθμό"),
        {
            "transfer": _draft(
                "many",
                said("Which transfers do you want?", "Ποιες μεταφορές επιθυμείτε;"),
                said("Between the airport or station and the hotel.",
                     "Μεταξύ αεροδρομίου ή σταθμού και ξενοδοχείου."),
                options=(
                    Option("there", said("On arrival", "Κατά την άφιξη")),
                    Option("back", said("On departure", "Κατά την αναχώρηση")),
                ),
                condition=ON_SITE,
            ),
        },
    ),
    "interpretation": ReadyMade(
        said("Language of interpretation", "Γλώσσα διερμηνείας"),
        {
            "interpretation": _draft(
                "one",
                said("Into which language do you need interpretation?", "Σε ποια γλώσσα χρειάζεστε διερμηνεία;"),
                options=(
                    Option("none", said("I need none", "Δεν χρειάζομαι")),
                    Option("en", said("English", "Αγγλικά")),
                    Option("el", said("Greek", "Ελληνικά")),
                ),
            ),
        },
    ),
    "speaker": ReadyMade(
        said("For speakers: title and presentation", "Για ομιλητές: τίτλος και παρουσίαση"),
        {
            "speaker_title": _draft(
                "text", said("Title before your name", "Τίτλος πριν από το όνομά σας"),
                said("For example Dr or Professor, as it should stand in the agenda.",
                     "Για παράδειγμα Δρ ή Καθηγητής, όπως θα εμφανίζεται στο πρόγραμμα."),
                condition=SPEAKER, purpose="attendance", keep_days=None, limits={"max": 60},
            ),
            "presentation_title": _draft(
                "text", said("Title of your presentation", "Τίτλος της παρουσίασής σας"), condition=SPEAKER,
                purpose="attendance", keep_days=None,
            ),
        },
    ),
    "presentation": ReadyMade(
        said("For speakers: the file of the presentation", "Για ομιλητές: το αρχείο της παρουσίασης"),
        {
            "presentation_file": _draft(
                "file", said("Your presentation", "Η παρουσίασή σας"),
                said("You can send it now or later, by the link in our letter.",
                     "Μπορείτε να τη στείλετε τώρα ή αργότερα, από τον σύνδεσμο στην επιστολή μας."),
                condition=SPEAKER, limits={"most": 10, "types": ["PDF", "PPTX", "ODP"]},
            ),
        },
    ),
    "companion": ReadyMade(
        said("Accompanying person", "Συνοδός"),
        {
            "companion": _draft(
                "yes_no", said("Does somebody come along with you?", "Σας συνοδεύει κάποιος;"), condition=ON_SITE
            ),
            "companion_name": _draft(
                "text", said("Name of the person who comes along", "Όνομα του ατόμου που σας συνοδεύει"),
                said("Please ask them first whether you may tell us.",
                     "Παρακαλούμε ρωτήστε πρώτα το άτομο αν μπορείτε να μας το πείτε."),
                condition=_yes("companion"), required=True,
            ),
        },
    ),
    "emergency": ReadyMade(
        said("Emergency contact", "Επαφή έκτακτης ανάγκης"),
        {
            "emergency_name": _draft(
                "text", said("Whom should we call in an emergency?", "Ποιον να καλέσουμε σε έκτακτη ανάγκη;"),
                said("Please ask them first whether you may tell us.",
                     "Παρακαλούμε ρωτήστε πρώτα το άτομο αν μπορείτε να μας το πείτε."),
                condition=ON_SITE,
            ),
            "emergency_phone": _draft(
                "phone", said("Their telephone number", "Ο αριθμός τηλεφώνου του"),
                condition=_after("emergency_name"), required=True,
            ),
        },
    ),
}  # fmt: skip
"""Each with its purpose, and how long after the meeting its answers are kept."""


def with_languages(draft: Draft, names: Sequence[tuple[str, Texts]]) -> Draft:
    """The question about interpretation with the languages that a meeting offers in place of the usual ones."""
    offered = tuple(Option(code, texts) for code, texts in names)
    return replace(draft, options=(draft.options[0], *offered)) if offered else draft
