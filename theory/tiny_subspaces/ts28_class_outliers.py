"""A linear model with one-hot squared loss has every eigenvalue of its Hessian k-fold."""

from theory.claim import Claim
from theory.language import Formula

MATRICES = "matrices of every size: symbolically for two samples, exactly on random instances"

claim = Claim(
    id="TS-28",
    title="k classes, k outliers: the exact case",
    source="section 1, first bullet (our exact model)",
    functional="none",
    assumptions={},
    conclusion={
        "Hessian": Formula(
            r"L = \|XW - Y\|_F^2/(2n),\ W \in \mathbb R^{d \times k} \Rightarrow "
            r"\nabla^2 L = I_k \otimes X^T X/n \text{ for every } W, Y",
            "Hessian of the linear model",
        ),
        "multiplicity": Formula(
            r"\text{every eigenvalue is that of } X^T X/n, k \text{ times as often}",
            "k-fold eigenvalues",
        ),
        "gap": Formula(
            r"\lambda_k/\lambda_{k+1} = \mu_1/\mu_2,\ \mu_i \text{ the eigenvalues of } X^T X/n, "
            r"\text{ and } \lambda_1 = \dots = \lambda_k",
            "k-fold eigenvalues",
        ),
        "digits": Formula(
            r"\mu_1/\mu_2 = 16.01 \text{ on 1000 digits, } 1.06 \text{ if they are centred}",
            "gap ratio of the digits",
        ),
        "the mean makes the gap": Formula(
            r"\mu_1 \ge \|\bar x\|^2 \text{ and } \mu_2 \le \nu_1,\ "
            r"\nu_1 \text{ the largest eigenvalue of the centred } X^T X/n",
            "mean and centred spectrum",
        ),
    },
    checked_only={
        "Hessian": MATRICES,
        "multiplicity": MATRICES,
        "gap": MATRICES,
        "digits": "two numbers: eigenvalues counted exactly",
        "the mean makes the gap": MATRICES,
    },
    mutants={
        "cross-entropy has k-fold eigenvalues too": Formula(
            r"\text{softmax cross-entropy: every eigenvalue } k \text{-fold}",
            "cross-entropy has k-fold eigenvalues too",
        ),
        "centred data keep the gap": Formula(
            r"\mu_1/\mu_2 \text{ does not depend on the mean of the data}",
            "centred data keep the gap",
        ),
        "networks have exactly k outliers": Formula(
            r"\text{every network with } k \text{ outputs has } k \text{ positive outliers}",
            "networks have exactly k outliers",
        ),
        "n instead of 2n in the loss": Formula(
            r"L = \|XW - Y\|_F^2/n \Rightarrow \nabla^2 L = I_k \otimes X^T X/n",
            "n instead of 2n in the loss",
        ),
    },
    owes=("symbolic", "exact"),
    notes=(
        "So in the exact case the number k of outliers comes from the k outputs, which share one "
        "matrix X^T X, and their size from the mean of the data. Features that are not centred, "
        "such as pixels, make the outliers; labels do not enter.",
        "X^T X/n = C + m m^T with the covariance C and the mean m: adding a matrix of rank one "
        "raises one eigenvalue, and leaves the second at most at the first of C.",
        "Whether a trained network has such outliers is an experiment: TS-30.",
    ),
)
