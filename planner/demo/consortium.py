"""Loads the project, partners, organisations, people, good practices, indicators and consent wordings."""

from datetime import datetime
from typing import Any

from planner.consortium.tables import (
    GoodPractice,
    Indicator,
    Organisation,
    Partner,
    PartnerName,
    Person,
    Phase,
    PolicyInstrument,
    Project,
    Semester,
)
from planner.demo.reading import Loading, Record, records
from planner.registration.form_tables import ConsentWording

SLUG = "secon"

CITIES = {
    "peloponnese": (37.51, 22.37), "kmop": (37.98, 23.73), "vlaams-brabant": (50.88, 4.70),
    "mazowieckie": (52.23, 21.01), "extremadura": (38.92, -6.34), "rhein-neckar": (49.49, 8.47),
    "harghita": (46.36, 25.80), "oliveira": (40.84, -8.48), "riga": (56.95, 24.11), "haskovo": (41.93, 25.56),
}  # fmt: skip
"""Latitude and longitude of the partners' cities, in degrees."""


def load(loading: Loading, moment: datetime) -> int:
    """Write everything that is not a meeting. Returns the project's id."""
    record = records("project")["project"]
    project = loading.add("project", SLUG, _project(record, moment))
    _parts(loading, project, record)
    for partner in records("partners")["partners"]:
        _partner(loading, project, partner)
    _organisations(loading, project)
    for person in records("people")["people"]:
        loading.add("person", person["id"], _person(loading, project, person))
    for practice in records("good_practices")["good_practices"]:
        loading.add("practice", practice["id"], _practice(loading, project, practice))
    for wording in records("consents")["consent_wordings"]:
        row = ConsentWording(
            project_id=project, slug=wording["id"], valid_from=wording["from"], purposes=wording["purposes"]
        )
        loading.add("wording", wording["id"], row)
    return project


def _project(record: Record, moment: datetime) -> Project:
    return Project(
        slug=SLUG,
        acronym=record["acronym"],
        names=record["names"],
        about=record["about"],
        programme=record["programme"],
        reference=record["reference"],
        starts=record["start"],
        ends=record["end"],
        website=record["website"],
        archive_until=record["archive_until"],
        funding=record["funding_statement"],
        disclaimer=record["disclaimer"],
        social_links=[{"network": link["network"], "url": link["url"]} for link in record["social_links"]],
        demo=True,
        updated_at=moment,
    )


def _parts(loading: Loading, project: int, record: Record) -> None:
    loading.add_all(
        Phase(project_id=project, name=phase["name"], starts=phase["start"], ends=phase["end"])
        for phase in record["phases"]
    )
    loading.add_all(
        Semester(project_id=project, number=term["number"], starts=term["start"], ends=term["end"])
        for term in record["semesters"]
    )
    loading.add_all(
        Indicator(
            project_id=project,
            position=position,
            code=indicator["code"],
            label=indicator["label"],
            target=indicator["target"],
            counted_by=indicator["counted_by"],
        )
        for position, indicator in enumerate(record["indicators"])
    )


def _partner(loading: Loading, project: int, record: Record) -> None:
    latitude, longitude = CITIES[record["id"]]
    kept = ("number", "short", "role", "country", "city", "zone", "language")
    values: dict[str, Any] = {name: record[name] for name in kept}
    row = Partner(project_id=project, slug=record["id"], latitude=latitude, longitude=longitude, **values)
    partner = loading.add("partner", record["id"], row)
    loading.add_all(
        PartnerName(
            partner_id=partner,
            lang=name["lang"],
            name=name["name"],
            valid_from=name.get("valid_from"),
            valid_to=name.get("valid_to"),
        )
        for name in record["names"]
    )
    if record["policy_instrument"]:
        loading.add_all([PolicyInstrument(partner_id=partner, title=record["policy_instrument"])])


def _organisations(loading: Loading, project: int) -> None:
    data = records("organisations")
    countries = {partner["id"]: partner["country"] for partner in records("partners")["partners"]}
    for record in (*data["stakeholder_organisations"], *data["other_organisations"]):
        row = Organisation(
            project_id=project,
            slug=record["id"],
            partner_id=loading.id("partner", record.get("partner")),
            kind=record["kind"],
            country=record.get("country") or countries[record["partner"]],
            town=record["town"],
            names=record["names"],
        )
        loading.add("organisation", record["id"], row)


def _person(loading: Loading, project: int, record: Record) -> Person:
    return Person(
        project_id=project,
        slug=record["id"],
        title=record.get("title", ""),
        given=record["name"]["given"],
        family=record["name"]["family"],
        latin_given=record["latin"]["given"],
        latin_family=record["latin"]["family"],
        order=record["order"],
        sort_key=record.get("sort_key", ""),
        function=record["function"],
        language=record["language"],
        email=record["email"],
        partner_id=loading.id("partner", record["organisation"]),
        organisation_id=loading.id("organisation", record["organisation"]),
    )


def _practice(loading: Loading, project: int, record: Record) -> GoodPractice:
    return GoodPractice(
        project_id=project,
        slug=record["id"],
        partner_id=loading.sure("partner", record["partner"]),
        organisation_id=loading.id("organisation", record["organisation"]),
        since=record["since"],
        themes=record["themes"],
        title=record["title"],
        summary=record["summary"],
    )
