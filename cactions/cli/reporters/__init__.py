"""One file a format, each with ``tell``; the command loads the one that it is asked for."""
