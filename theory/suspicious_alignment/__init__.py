"""Suspicious Alignment of SGD: A Fine-Grained Step Size Condition Analysis (arXiv 2601.11789).

Only the abstract was available to us, so every statement is *our formalisation* of one of its
sentences, or an extension; no theorem number of the paper is implied. The sentences, paraphrased:

- A1: in low-alignment states a state-dependent critical step size separates falling from rising
  alignment;
- A2: in high-alignment states alignment falls whatever the step size ("self-correcting");
- A3: with enough ill-conditioning there are step sizes for which the bulk-projected update lowers
  the loss and the dominant-projected update raises it;
- A4: with a constant step size and a large initialisation alignment first falls, then stabilises
  high;
- A5: that high alignment is suspicious: it does not help the loss.
"""

PREFIX = "SA"
PAPER = "Suspicious Alignment of SGD: A Fine-Grained Step Size Condition Analysis"
ARXIV = "2601.11789"
