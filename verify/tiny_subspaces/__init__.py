"""Extra checks and meanings for the claims about tiny subspaces."""
