"""Plans: what a response would change for a person, and whether it may be written."""
