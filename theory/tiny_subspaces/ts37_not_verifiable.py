"""What the paper says of networks and data that cannot be run here is recorded, not decided."""

from theory.claim import Claim
from theory.language import Formula

claim = Claim(
    id="TS-37",
    title="Not verifiable here",
    source="sections E, F.1, F.2, all figures, Tables 2 and 3, appendix D",
    functional="none",
    assumptions={},
    conclusion={
        "large networks": Formula(
            r"\text{the phenomena on MNIST, CIFAR-10, SST-2 with CNN, Transformer, VGG, ResNet}",
            "nothing",
        ),
        "cross-entropy": Formula(r"\text{the phenomena with the cross-entropy loss}", "nothing"),
        "Tables 2 and 3": Formula(r"\text{effective learning rates of Tables 2 and 3}", "nothing"),
        "figures": Formula(r"\text{the curves of all figures}", "nothing"),
    },
    mutants={},
    owes=("experiment",),
    not_verifiable=(
        "the data sets and weights cannot be had here, the networks are too large for two cores, "
        "the figures and the values of Tables 2 and 3 are missing from the text at hand, and four "
        "optimisers are too few to test a correlation of training speed with Bulk-LR"
    ),
    notes=(
        "Statements about other papers (appendix D) are not examined. The learning rates of "
        "section E.3 are settings, not claims. A small network on real data: TS-30 to TS-36.",
    ),
)
