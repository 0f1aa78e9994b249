"""Extra checks and meanings for the claims about step size and gradient alignment."""
