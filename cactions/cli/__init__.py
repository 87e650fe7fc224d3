"""The command line: Typer's only home. It translates words into use cases, and joins the wings."""
