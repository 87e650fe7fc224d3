"""Recordings of HTTP exchanges: their file format, matching and size."""
