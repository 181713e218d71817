"""An agenda read from a table: all of it or nothing."""
