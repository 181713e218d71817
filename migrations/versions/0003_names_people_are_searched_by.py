"""names people are searched by

Registrations from before 0002 get the keys that lists search in and sort by.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from planner.names import person_key, searched

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_registration = sa.table(
    "registration",
    *(
        sa.column(name)
        for name in (
            "id", "given", "family", "latin_given", "latin_family", "email", "organisation", "sort_key", "search_key",
            "name_key",
        )
    ),
)  # fmt: skip


def upgrade() -> None:
    """Write the keys of the rows that have none."""
    connection = op.get_bind()
    rows = connection.execute(sa.select(_registration).where(_registration.c.name_key == "")).all()
    for row in rows:
        keys = {
            "search_key": searched(
                row.given, row.family, row.latin_given, row.latin_family, row.email, row.organisation
            ),
            "name_key": person_key(row.sort_key or row.latin_family or row.family, row.latin_given or row.given),
        }
        connection.execute(sa.update(_registration).where(_registration.c.id == row.id).values(keys))


def downgrade() -> None:
    """Nothing to take back: the columns go with 0002."""
