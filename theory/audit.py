"""What is printed in a paper, formula by formula, and what became of it. Source: our reading."""

from __future__ import annotations

from dataclasses import dataclass

VERDICTS = {
    "holds": "as printed",
    "holds approximately": "an approximation, whose error the claims state",
    "needs a hypothesis": "true with the hypothesis named",
    "definition": "nothing to decide",
    "misprint": "refuted as printed; the corrected statement stands beside it",
    "false as said": "a sentence; refuted in the reading that its claim states",
    "experiment": "an observation; see the claims named",
}


@dataclass(frozen=True)
class Printed:
    """One printed formula, definition or statement.

    Args:
        place: where it stands in the paper.
        printed: what it says, as LaTeX; sentences are paraphrased.
        verdict: a key of VERDICTS.
        claims: ids of the claims that decide it.
        remark: what to know about it.
    """

    place: str
    printed: str
    verdict: str
    claims: tuple[str, ...]
    remark: str

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"{self.place}: no verdict {self.verdict!r}; {', '.join(VERDICTS)}")
