"""One file per command; each exposes its Typer callback and imports what is heavy when it runs."""
