"""Documents and speakers at the desk."""
