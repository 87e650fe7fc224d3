"""Templates and JSON paths as they stand in action files."""
