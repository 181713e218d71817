"""The organisers' table: everybody who registered for a meeting, to look through, mend, decide about and hand on."""
