"""Which members the documents of ``--json`` have: one shape for each document and part."""
