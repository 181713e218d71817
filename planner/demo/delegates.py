"""Loads the registration forms, the registrations with their choices, and who was there."""

from datetime import date, datetime, timedelta
from typing import Any

from planner.attendance.tables import Absence, OnlineLog, Signature
from planner.demo.reading import Calendar, Loading, Record, calendar_of, last_day, records, wall
from planner.names import full
from planner.registration.form_tables import Quota, RegistrationForm
from planner.registration.place_tables import MealChoice, RideChoice, VisitChoice, VisitPlace
from planner.registration.rules import identity
from planner.registration.tables import CareNote, Consent, Delegation, PlannedDay, Registration, StatusChange
from planner.tokens import derive, digest, mint

SHOWN = 30
"""Days for which the demonstration shows what real meetings would have deleted long ago."""
BY_INVITATION = ["speaker", "programme", "interpreter"]
"""Categories that an organiser confirms: anybody could claim to be one of them."""


def load(loading: Loading, moment: datetime) -> None:
    """Write forms, registrations and attendance of all meetings."""
    meetings = {record["id"]: record for record in records("meetings")["meetings"]}
    people = {record["id"]: record for record in records("people")["people"]}
    for record in meetings.values():
        if record.get("registration"):
            _form(loading, record)
    for group in records("registrations")["registrations"]:
        meeting = meetings[group["meeting"]]
        _delegations(loading, meeting, group)
        for entry in group["entries"]:
            _registration(loading, meeting, entry, people)
    for record in records("attendance")["attendance"]:
        _attendance(loading, record, moment)


def _form(loading: Loading, meeting: Record) -> None:
    calendar, record = calendar_of(meeting, loading.today), meeting["registration"]
    privacy, quotas = record.get("privacy") or {}, record.get("quotas") or {}
    form = RegistrationForm(
        meeting_id=loading.sure("meeting", meeting["id"]),
        opens_at=calendar.moment(record.get("opens")),
        closes_at=calendar.sure(record["closes"]),
        seats_on_site=record["capacity"]["on_site"],
        seats_online=record["capacity"]["online"],
        quota_partner_staff=quotas.get("partner_staff"),
        quota_stakeholder=quotas.get("stakeholder"),
        approval=BY_INVITATION,
        waiting_list_closes_at=calendar.moment(record.get("waiting_list_closes")),
        catering_frozen_at=calendar.moment(record.get("catering_frozen")),
        papers_frozen_at=calendar.moment(record.get("papers_frozen")),
        controller_partner_id=loading.sure("partner", str(privacy.get("controller", meeting["host"]))),
        privacy_contact=privacy.get("contact", ""),
        sensitive_days=privacy.get("sensitive_deleted_after_days", 30),
        **_kept_to_be_seen(last_day(meeting, calendar), loading.today),
        wording_id=loading.id("wording", privacy.get("wording", "consent-1")),
    )
    number = loading.add("form", meeting["id"], form)
    loading.add_all(
        Quota(form_id=number, partner_id=loading.sure("partner", other["partner"]), category=category, seats=seats)
        for other in quotas.get("exceptions", [])
        for category, seats in other.items()
        if category != "partner"
    )


def _kept_to_be_seen(last: date, today: date) -> dict[str, Any]:
    """Longer periods for meetings that are long over: a demonstration without its data would show nothing."""
    usual = {"logistics_days": 90, "contact_days": 365, "consent_days": 1095}
    return {name: max(days, (today - last).days + SHOWN) for name, days in usual.items()}


def _delegations(loading: Loading, meeting: Record, group: Record) -> None:
    for record in group["delegations"]:
        row = Delegation(
            meeting_id=loading.sure("meeting", meeting["id"]),
            slug=record["id"],
            partner_id=loading.id("partner", record["partner"]),
            contact_id=loading.id("person", record["contact"]),
        )
        loading.add("delegation", record["id"], row)


def _registration(loading: Loading, meeting: Record, entry: Record, people: dict[str, Record]) -> None:
    calendar = calendar_of(meeting, loading.today)
    submitted = calendar.moment(entry["submitted"])
    moment = submitted or calendar.sure(entry["noted"])
    row = _registration_row(loading, meeting, entry, people, moment)
    row.submitted_at = submitted
    number = loading.add("registration", entry["id"], row)
    _history(loading, number, row, entry, calendar)
    _choices(loading, number, meeting["id"], entry, row.updated_at)
    _care(loading, number, entry, meeting, calendar)
    _consents(loading, number, entry, calendar)


def _registration_row(
    loading: Loading, meeting: Record, entry: Record, people: dict[str, Record], moment: datetime
) -> Registration:
    person = people[entry["person"]]
    typed, latin = entry.get("typed") or person["name"], person["latin"]
    uid, email = mint(), entry.get("email") or person["email"]
    by = people.get(entry.get("registered_by", ""))
    return Registration(
        meeting_id=loading.sure("meeting", meeting["id"]),
        slug=entry["id"],
        uid=uid,
        token_hash=digest(derive("my", uid, 1)),
        identity=identity(typed["given"], typed["family"], email),
        status=entry["status"],
        waiting_for=entry.get("waiting_for", ""),
        category=entry["category"],
        partner_id=loading.id("partner", entry["partner"]),
        organisation_id=loading.id("organisation", person["organisation"]),
        person_id=loading.sure("person", entry["person"]),
        delegation_id=loading.id("delegation", entry["delegation"]),
        registered_by=full(by["latin"]["given"], by["latin"]["family"]) if by else "",
        title=person.get("title", ""),
        given=typed["given"],
        family=typed["family"],
        latin_given=latin["given"],
        latin_family=latin["family"],
        order=person["order"],
        sort_key=person.get("sort_key", ""),
        function=person["function"]["en"],
        email=email,
        language=person["language"],
        updated_at=moment,
    )


def _history(loading: Loading, number: int, row: Registration, entry: Record, calendar: Calendar) -> None:
    first = "walk_in" if entry["status"] == "walk_in" else "submitted"
    changes = [StatusChange(registration_id=number, status=first, at=row.updated_at, actor="registrant")]
    if entry["status"] in ("confirmed", "waiting", "duplicate", "cancelled"):
        status = "confirmed" if entry["status"] == "cancelled" else entry["status"]
        changes.append(StatusChange(registration_id=number, status=status, at=row.updated_at, actor="planner"))
    if cancelled := calendar.moment(entry.get("cancelled")):
        changes.append(StatusChange(registration_id=number, status="cancelled", at=cancelled, actor="registrant"))
        row.updated_at = cancelled
    loading.add_all(changes)


def _choices(loading: Loading, number: int, meeting: str, entry: Record, moment: datetime) -> None:
    def item(name: str) -> int:
        return loading.sure("item", f"{meeting}/{name}")

    rows: list[Any] = []
    for mode in ("on_site", "online"):
        for day in entry.get(mode, []):
            day_id = loading.sure("day", f"{meeting}/{day}")
            rows.append(PlannedDay(registration_id=number, day_id=day_id, mode=mode))
    for rank, visit in enumerate(entry.get("visit_choices", []), start=1):
        rows.append(VisitChoice(registration_id=number, rank=rank, item_id=item(visit)))
    if entry.get("visit"):
        rows.append(VisitPlace(registration_id=number, item_id=item(entry["visit"]), given_at=moment))
    rows.extend(MealChoice(registration_id=number, item_id=item(meal)) for meal in entry.get("meals", []))
    rows.extend(RideChoice(registration_id=number, item_id=item(ride)) for ride in entry.get("transfers", []))
    loading.add_all(rows)


def _care(loading: Loading, number: int, entry: Record, meeting: Record, calendar: Calendar) -> None:
    note = {name: (entry.get(name) or {}).get("en", "") for name in ("diet_note", "access")}
    diet = entry.get("diet", "")
    if diet or any(note.values()):
        days = ((meeting["registration"] or {}).get("privacy") or {}).get("sensitive_deleted_after_days", 30)
        end = max(last_day(meeting, calendar) + timedelta(days=days), loading.today + timedelta(days=SHOWN))
        loading.add_all([CareNote(registration_id=number, diet=diet, delete_after=end, **note)])


def _consents(loading: Loading, number: int, entry: Record, calendar: Calendar) -> None:
    answers = entry["consents"]
    if not answers:
        return
    wording, given = loading.sure("wording", answers["wording"]), calendar.sure(answers["given"])
    rows = [
        Consent(registration_id=number, purpose=purpose, granted=granted, given_at=given, wording_id=wording)
        for purpose, granted in answers.items()
        if isinstance(granted, bool)
    ]
    rows += [
        Consent(registration_id=number, purpose=purpose, granted=False, given_at=calendar.sure(at), wording_id=wording)
        for purpose, at in (entry.get("withdrawn") or {}).items()
    ]
    loading.add_all(rows)


def _attendance(loading: Loading, record: Record, moment: datetime) -> None:
    if "occurrence" in record:
        series = loading.sure("series", record["meeting"])
        loading.add_all(
            OnlineLog(
                series_id=series,
                occurrence=record["occurrence"],
                person_id=loading.id("person", line["person"]),
                shown_as=line["shown_as"],
                joined=wall(line["joined"]),
                left=wall(line["left"]),
            )
            for line in record["online"]
        )
        return
    day = loading.sure("day", f"{record['meeting']}/{record['day']}")
    rows: list[Any] = [
        Signature(registration_id=loading.sure("registration", name), day_id=day, written_in=by_hand, noted_at=moment)
        for by_hand, names in ((False, record["signed"]), (True, record["walk_ins"]))
        for name in names
    ]
    rows += [
        Absence(registration_id=loading.sure("registration", line["registration"]), day_id=day, reason=line["reason"])
        for line in record["absent"]
    ]
    rows += [
        OnlineLog(
            day_id=day,
            registration_id=loading.sure("registration", line["registration"]),
            joined=wall(line["joined"]),
            left=wall(line["left"]),
        )
        for line in record["online"]
    ]
    loading.add_all(rows)
