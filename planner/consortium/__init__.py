"""The project, its partners, their people and what they promised."""
