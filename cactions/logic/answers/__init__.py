"""What an answer shows the operator: near misses of paths, and what of it is not hidden."""
