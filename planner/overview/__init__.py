"""Front pages: reads all earlier rooms, writes nothing."""
