"""What hosts do across rooms: set up a meeting, copy one, give out its agenda and tell people."""
