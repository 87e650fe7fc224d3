"""When the next call to a rate-limited service may be sent. Pure: the time is a parameter."""
