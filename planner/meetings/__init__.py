"""Meetings and series of online calls: when, where, for whom."""
