"""SECON's real data, to try everything with."""
