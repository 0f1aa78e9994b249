"""Does SGD Really Happen in Tiny Subspaces? (arXiv 2405.16002)

The text of a workshop version was available, without its figures and without the values of two of
its three tables. Its displayed formulas are quoted as printed and derived anew; where print and
derivation disagree, the printed form is a claim of its own (its id ends in P) with the verdict
"refuted as printed", and the corrected claim stands beside it.
"""

PREFIX = "TS"
PAPER = "Does SGD Really Happen in Tiny Subspaces?"
ARXIV = "2405.16002"
