"""Every table of the house, opened before the first question is asked."""

from planner import audit, history, outbox
from planner.accounts import tables as accounts
from planner.agenda import tables as agenda
from planner.attendance import tables as attendance
from planner.consortium import tables as consortium
from planner.db import Table
from planner.hosting import tables as hosting
from planner.meetings import tables as meetings
from planner.newsletter import tables as newsletter
from planner.registration import tables as registration
from planner.visits import tables as visits

ROOMS = (
    audit,
    history,
    outbox,
    accounts,
    consortium,
    meetings,
    agenda,
    visits,
    registration,
    attendance,
    hosting,
    newsletter,
)

metadata = Table.metadata
