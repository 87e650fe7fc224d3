"""People as they come in: files, records and lookups."""
