"""Figures against what the project promised."""
