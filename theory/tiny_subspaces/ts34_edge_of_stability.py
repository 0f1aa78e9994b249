"""At the edge of stability the gradient aligns, and only its bulk part trains and sharpens."""

from theory.claim import Claim
from theory.language import Formula
from theory.tiny_subspaces.digits_network import FUNCTIONAL, OWES, SETTING, experimental

conclusion = {
    "the sharpness stays at the edge": Formula(
        r"0.97 \le \eta\lambda_1/2 \le 1.05 \text{ for } 1000 \le t \le 1500",
        "the sharpness stays at the edge",
    ),
    "the gradient aligns": Formula(
        r"\chi_{10} \ge 0.98 \text{ for } 1000 \le t \le 1500", "the gradient aligns"
    ),
    "the dominant part does not train": Formula(
        r"L^{Dom}/L(\theta_s) \ge 0.94", "the dominant part does not train"
    ),
    "the bulk part trains like GD": Formula(
        r"|L^{Bulk} - L^{GD}|/L(\theta_s) \le 0.03", "the bulk part trains like GD"
    ),
    "the sharpness falls, and rises": Formula(
        r"\lambda_1^{Dom} < 2/\eta < \lambda_1^{Bulk}", "the sharpness falls, and rises"
    ),
}

claim = Claim(
    id="TS-34",
    title="Edge of stability",
    source=f"Appendix B.1, Figure 9 ({SETTING})",
    functional=FUNCTIONAL,
    assumptions={"large step": Formula(r"\eta = 0.1", "large step")},
    conclusion=conclusion,
    mutants={
        "half the step size": Formula(
            r"\eta\lambda_1/2 \ge 0.97,\ \chi_{10} \ge 0.98 \text{ with } \eta = 0.05",
            "half the step size",
        ),
        "the dominant part trains like GD": Formula(
            r"|L^{Dom} - L^{GD}|/L(\theta_s) \le 0.03", "the dominant part trains like GD"
        ),
        "the bulk part keeps the sharpness": Formula(
            r"\lambda_1^{Bulk} \le 2/\eta", "the bulk part keeps the sharpness"
        ),
    },
    owes=OWES,
    checked_only=experimental(conclusion),
    notes=(
        "Not reproduced for one of three seeds: the least alignment of seed 2 is .974 (mean .992);"
        " two eigenvalues take turns at the edge there. Seeds 0, 1: .997, .994.",
        "Seen for seeds 0, 1, 2: sharpness within .997 and 1.037 of the edge; loss of GD .836,"
        " .837, .821; Dom-GD .975, .980, .961; Bulk-GD .839, .835, .834.",
    ),
)
