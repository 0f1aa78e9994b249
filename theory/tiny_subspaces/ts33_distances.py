"""GD stays near SGD, and the dominant part of the SGD update moves the weights only a little."""

from theory.claim import Claim
from theory.language import Formula
from theory.tiny_subspaces.digits_network import FUNCTIONAL, OWES, SETTING, experimental

conclusion = {
    "GD stays near SGD": Formula(
        r"\|\theta^{GD}_t - \theta^{SGD}_t\| \le 0.12\,\|\theta^{GD}_t - \theta_0\|",
        "GD stays near SGD",
    ),
    "the dominant part moves little": Formula(
        r"\|\theta^{Dom}_t - \theta_s\| \le 0.2\,\|\theta^{SGD}_t - \theta_s\|",
        "the dominant part moves little",
    ),
    "the bulk part moves as far as SGD": Formula(
        r"\big|\|\theta^{Bulk}_t - \theta_s\|/\|\theta^{SGD}_t - \theta_s\| - 1\big| \le 0.05",
        "the bulk part moves as far as SGD",
    ),
}

claim = Claim(
    id="TS-33",
    title="Distances",
    source=f"Appendix G.2 and G.4, Figures 19 and 22 ({SETTING})",
    functional=FUNCTIONAL,
    assumptions={"small step": Formula(r"\eta = 0.05", "small step")},
    conclusion=conclusion,
    mutants={
        "distance to the start of training": Formula(
            r"\|\theta^{Dom}_t - \theta_0\| \le 0.2\,\|\theta^{SGD}_t - \theta_0\|",
            "distance to the start of training",
        ),
        "twice the step size": Formula(
            r"\|\theta^{GD}_t - \theta^{SGD}_t\| \le 0.12\,\|\theta^{GD}_t - \theta_0\|"
            r" \text{ with } \eta = 0.1",
            "twice the step size",
        ),
        "dominant and bulk swapped": Formula(
            r"\|\theta^{Bulk}_t - \theta_s\| \le 0.2\,\|\theta^{SGD}_t - \theta_s\|",
            "dominant and bulk swapped",
        ),
    },
    owes=OWES,
    checked_only=experimental(conclusion),
    notes=(
        "Seen for seeds 0, 1, 2: GD from SGD .071, .082, .059; Dom-SGD .107, .105, .109 of SGD;"
        " Bulk-SGD 1.001, 1.010, 1.003 of SGD.",
        "With twice the step size GD is .141, .180, .133 from SGD, and the claim's own bound"
        " refuses it. (The specification gives this mutant the bound 0.1.)",
        "Not seen: 'tends to saturate'. The distance of Dom-SGD grows by 1.7 in the second half.",
    ),
)
