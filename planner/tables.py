"""Every table of the house, opened before the first question is asked."""

from planner import audit, history, knocks, outbox
from planner.accounts import tables as accounts
from planner.admin import tables as admin
from planner.agenda import tables as agenda
from planner.attendance import tables as attendance
from planner.consortium import tables as consortium
from planner.db import Table
from planner.delegations import tables as delegations
from planner.hosting import tables as hosting
from planner.meetings import tables as meetings
from planner.newsletter import tables as newsletter
from planner.questions import tables as questions
from planner.registration import form_tables as registration_forms
from planner.registration import place_tables as registration_places
from planner.registration import tables as registration
from planner.roster import tables as roster
from planner.visits import tables as visits

ROOMS = (
    audit,
    history,
    outbox,
    knocks,
    accounts,
    consortium,
    meetings,
    agenda,
    visits,
    questions,
    registration,
    registration_forms,
    registration_places,
    delegations,
    roster,
    attendance,
    hosting,
    newsletter,
    admin,
)

metadata = Table.metadata
