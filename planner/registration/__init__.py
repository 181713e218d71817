"""Who wants to come and who has a place."""
