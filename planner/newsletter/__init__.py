"""News and what comes next."""
