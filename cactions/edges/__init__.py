"""The outside: files, SQLite, recordings. Each edge happens to be a port."""
