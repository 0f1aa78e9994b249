"""`gradalign experiment tiny-subspaces`: the runs of TS-30 ... TS-36, kept, resumed, and drawn."""
