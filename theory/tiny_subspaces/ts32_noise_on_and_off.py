"""GD with a small step does not align; alignment goes and comes with the noise of SGD."""

from theory.claim import Claim
from theory.language import Formula
from theory.tiny_subspaces.digits_network import FUNCTIONAL, OWES, SETTING, experimental

conclusion = {
    "GD does not align": Formula(r"\chi_{10} \le 0.01 \text{ along GD}", "GD does not align"),
    "alignment goes with the noise": Formula(
        r"\chi_{10} \le 0.02 \text{ twenty steps after SGD} \to \text{GD}",
        "alignment goes with the noise",
    ),
    "alignment comes with the noise": Formula(
        r"\chi_{10} \ge 0.9 \text{ one step after GD} \to \text{SGD}",
        "alignment comes with the noise",
    ),
    "the loss hardly changes": Formula(
        r"|L(\theta_{s+2})/L(\theta_s) - 1| < 0.05", "the loss hardly changes"
    ),
}

claim = Claim(
    id="TS-32",
    title="Noise switched on and off",
    source=f"Appendix A.1 and G.3, Phenomenon 3, Figures 4, 5, 18, 20, 21 ({SETTING})",
    functional=FUNCTIONAL,
    assumptions={"small step": Formula(r"\eta = 0.05", "small step")},
    conclusion=conclusion,
    mutants={
        "GD at the edge of stability": Formula(
            r"\chi_{10} \le 0.01 \text{ along GD with } \eta = 0.1", "GD at the edge of stability"
        ),
        "gone after two steps": Formula(
            r"\chi_{10} \le 0.02 \text{ two steps after SGD} \to \text{GD}", "gone after two steps"
        ),
        "alignment stays without noise": Formula(
            r"\chi_{10} \ge 0.9 \text{ twenty steps after SGD} \to \text{GD}",
            "alignment stays without noise",
        ),
        "alignment comes back slowly": Formula(
            r"\chi_{10} \le 0.5 \text{ one step after GD} \to \text{SGD}",
            "alignment comes back slowly",
        ),
    },
    owes=OWES,
    checked_only=experimental(conclusion),
    notes=(
        "Seen for seeds 0, 1, 2: alignment of GD below 1e-4; twenty steps after the noise is off"
        " below 5e-4; one step after it is on .988, .986, .972.",
    ),
)
