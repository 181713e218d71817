"""Keeping the installation in order."""
