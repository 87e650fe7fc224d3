"""A new action from what its author has: a request that works, and a sample of its answer."""
