"""People, runs and locks in SQLite."""
