"""Files that the operator names or the project owns."""
