"""Planner: the meetings of an interregional project, from announcement to signature list."""

__version__ = "0.1.0"
