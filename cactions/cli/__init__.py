"""The command line: Typer's only home. It turns options into use cases."""
