"""The steps of a call: retries, tokens, and whether the response may be used."""
