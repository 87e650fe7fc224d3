"""The lint engine and the data-flow analysis that the rules read."""
