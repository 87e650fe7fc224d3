"""Pure functions over the nouns: no clock, no network, no files, no printing."""
