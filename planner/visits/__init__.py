"""Study visits and transport: stops, buses, seats."""
