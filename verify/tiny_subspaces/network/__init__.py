"""The real network of TS-30 ... TS-36: a small tanh network on the digits that ship with sklearn.

Not the paper's data, nor its sizes: a replica that a laptop runs in minutes.
"""
