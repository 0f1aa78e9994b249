"""Which claims does somebody else's optimiser satisfy? It runs, in place of the update rule."""
