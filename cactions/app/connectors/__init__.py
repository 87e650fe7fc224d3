"""Work on the data connectors of a workspace: audit, pull, compare, push, logs."""
