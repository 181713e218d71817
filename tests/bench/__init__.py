"""`make bench`: how fast pages, feeds, lists and registrations are, each beside the floor of the same server."""
