"""From a stationary dominant block Dom-SGD gains nothing, and Bulk-SGD all that SGD gains."""

from sympy import And, Eq, Implies, Rational

from theory.claim import Claim, Domain, Example
from theory.in_time import CertifiedInTime, ExpectationOfMode
from theory.language import (
    Always,
    ForAllModes,
    ForDominantModes,
    Formula,
    Initially,
    Next,
    With,
)
from theory.projected_run import ProjectedRun, Reproduced, Unchanged
from theory.reasoning import Conclude, Suppose
from theory.steps import Expectation, Modewise, Summed, Throughout
from theory.vocabulary import (
    D,
    additive,
    c,
    eta,
    g2,
    g2_next,
    lam,
    lambda_1,
    lambda_d,
    loss,
    loss_after_bulk_steps,
    loss_after_dominant_step,
    loss_after_dominant_steps,
    loss_B,
    loss_D,
    loss_D_next,
    m1_D,
    s2,
    s_D,
    t,
    theta,
)

stationary = ForDominantModes(Eq(g2_next, g2))
gain = -eta * D + eta**2 * (m1_D + s_D) / 2
stable = And(eta > 0, eta * lambda_1 < 2)
dominant_run = Eq(loss_after_dominant_steps, loss_D + Initially(loss_B))
bulk_run = Eq(loss_after_bulk_steps, Initially(loss_D) + loss_B)
stays = Eq(loss_after_dominant_steps, Initially(loss_D) + Initially(loss_B))
progress = loss_after_bulk_steps - Initially(loss_D) - Initially(loss_B)
energy = With(loss_after_dominant_step - loss, "scale", theta)

claim = Claim(
    id="TS-6",
    title="Phenomenon 2 with additive noise",
    source="Phenomenon 2 (our exact model)",
    functional="none",
    assumptions={
        "positive": lambda_d > 0,
        "additive": additive,
        "dominant block stationary": stationary,
    },
    conclusion={
        "Dom-SGD stops": Always(stays),
        "Bulk-SGD is as good as SGD": Always(Eq(loss_after_bulk_steps, loss)),
        "all progress is the bulk's": Always(Eq(progress, loss_B - Initially(loss_B))),
        "the stationary level": Implies(stable, ForDominantModes(Eq(g2, c))),
    },
    derivation=(
        ExpectationOfMode(
            "average the squared update",
            ForAllModes(Eq((1 - eta * lam) ** 2 * g2 + eta**2 * lam**2 * s2, g2_next)),
        ),
        Modewise("every mode is curved", ForAllModes(lam > 0), given=("positive",)),
        Modewise(
            "a stationary mode gains nothing",
            ForDominantModes(Eq(eta**2 * lam * (g2 + s2), 2 * eta * g2)),
            given=(
                "average the squared update",
                "dominant block stationary",
                "every mode is curved",
            ),
        ),
        Summed(
            "nor does the block",
            Eq(gain, 0),
            given=("a stationary mode gains nothing",),
        ),
        Expectation("average the dominant loss", Eq(loss_D_next, loss_D + gain)),
        CertifiedInTime(
            "its loss stays",
            Eq(Next(loss_D), loss_D),
            given=("average the dominant loss", "nor does the block"),
        ),
        Reproduced(
            "stationary for ever",
            Always(stationary),
            given=("additive", "dominant block stationary"),
        ),
        Throughout(
            "its loss stays at every step",
            Always(Eq(Next(loss_D), loss_D)),
            given=("its loss stays", "stationary for ever", "additive"),
        ),
        Unchanged(
            "so it never changes",
            Always(Eq(loss_D, Initially(loss_D))),
            given=("its loss stays at every step",),
        ),
        ProjectedRun("Dom-SGD moves the dominant modes", Always(dominant_run), given=("additive",)),
        ProjectedRun("Bulk-SGD moves the bulk modes", Always(bulk_run), given=("additive",)),
        CertifiedInTime(
            "Dom-SGD stops now",
            stays,
            given=("Dom-SGD moves the dominant modes", "so it never changes"),
        ),
        Throughout(
            "Dom-SGD stops",
            Always(stays),
            given=("Dom-SGD stops now", "stationary for ever", "additive"),
        ),
        CertifiedInTime(
            "Bulk-SGD is as good now",
            Eq(loss_after_bulk_steps, loss),
            given=("Bulk-SGD moves the bulk modes", "so it never changes"),
        ),
        Throughout(
            "Bulk-SGD is as good",
            Always(Eq(loss_after_bulk_steps, loss)),
            given=("Bulk-SGD is as good now", "stationary for ever", "additive"),
        ),
        CertifiedInTime(
            "the progress is the bulk's now",
            Eq(progress, loss_B - Initially(loss_B)),
            given=("Bulk-SGD moves the bulk modes",),
        ),
        Throughout(
            "the progress is the bulk's",
            Always(Eq(progress, loss_B - Initially(loss_B))),
            given=("the progress is the bulk's now", "additive"),
        ),
        Suppose("stable", stable),
        Modewise(
            "every mode is stable",
            ForAllModes(eta * lam < 2),
            given=("stable", "every mode is curved"),
        ),
        Modewise(
            "the only stationary level",
            ForDominantModes(Eq(g2, c)),
            given=("a stationary mode gains nothing", "every mode is stable", "stable"),
        ),
        Conclude(
            "the level",
            Implies(stable, ForDominantModes(Eq(g2, c))),
            given=("stable", "the only stationary level"),
        ),
    ),
    implied={
        "positive": "negative curvatures change nothing: each mode's recursion is the same; the "
        "derivation divides by the curvature, and the loss is undefined without any",
    },
    weaker={"dominant block stationary": ForDominantModes(g2_next <= g2)},
    mutants={
        "Dom-SGD stops above the stationary level too": Implies(theta > 1, Eq(energy, 0)),
        "Dom-SGD stops below the stationary level too": Implies(theta < 1, energy <= 0),
        "Dom-SGD stops on every path": Formula(
            r"L_{\mathrm{Dom}}(t) = L(0) \text{ on every path}", "Dom-SGD stops on every path"
        ),
        "Bulk-SGD equals SGD on every path": Formula(
            r"L_{\mathrm{Bulk}}(t) = L_{\mathrm{SGD}}(t) \text{ on every path}",
            "Bulk-SGD equals SGD on every path",
        ),
        "Bulk-SGD stops": Always(Eq(loss_after_bulk_steps, Initially(loss))),
        "Dom-SGD still gains one per cent": Always(
            Implies(t > 0, loss_after_dominant_steps <= Rational(99, 100) * Initially(loss))
        ),
        "the level with the factor 2 of small steps": Implies(
            stable, ForDominantModes(Eq(g2, eta * lam * s2 / 2))
        ),
    },
    owes=("symbolic", "certified", "exact", "property", "monte-carlo"),
    domain=Domain(horizon=6, step="stable", settled=True, gap=None),
    examples={
        "two modes": Example(
            {
                "dominant": [["10", "1", "1"]],
                "bulk": [["1", "4", "0"]],
                "step_size": "1/10",
                "horizon": 4,
            },
            {
                loss: "41/20",
                With(loss_after_dominant_steps, "time", 3): "41/20",
                With(loss_after_bulk_steps, "time", 3): "1.11288200",
                With(loss, "time", 3): "1.11288200",
            },
        ),
    },
    notes=(
        "Only the variances of the modes enter, so correlated noise changes nothing; the exact "
        "check runs full covariances in rotated bases.",
        "The specification assumes 0 < eta lambda_i < 2; that is needed for a positive stationary "
        "level to exist, not for what follows from stationarity.",
        "Dom-SGD keeps the loss constant although the gradient may be as aligned as one likes: "
        "alignment enters neither run.",
        "Without additive noise the runs differ: in least squares the noise of every mode falls "
        "with the whole loss (the stored model; TS-14 has the toy quadratic).",
    ),
)
