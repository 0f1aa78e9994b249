"""The syntax: a vocabulary, claims written in it, derivations and certificates. SymPy only."""
