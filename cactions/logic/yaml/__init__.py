"""Action files as text: parser, schema, decoder and diagnostics."""
