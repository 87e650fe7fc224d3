"""HTTP with guarded addresses, time and size limits."""
