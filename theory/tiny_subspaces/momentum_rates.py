"""From the roots of a mode under heavy ball to bounds of its effective rate: steps of derivations.

Source: our formalisation.
"""

from __future__ import annotations

from typing import Any

from sympy import And, Eq, Equivalent

from theory.deterministic_run import CertifiedPowers, ClosedForm, PowerOrder
from theory.proof import Step
from theory.sealed import Sealed
from theory.steps import Certified
from theory.tiny_subspaces.momentum import g, m, momentum_root, steps
from theory.vocabulary import eta

ROOT = ("momentum is positive", "the root squared", "the root is positive", "the root is below one")


def after(slow: Any, fast: Any) -> tuple[Any, Any]:
    """What momentum and gradient of a mode are after the steps, times the distance of its roots."""
    slow_power, fast_power = slow ** (steps + 1), fast ** (steps + 1)
    return slow_power - fast_power, slow_power * (1 - fast) - fast_power * (1 - slow)


def passed(slow: Any, fast: Any) -> Any:
    """Whether the rate of a mode has passed eta/(1-beta)."""
    return slow**steps * (1 - slow) >= fast**steps * (1 - fast)


def rate_steps(
    name: str, roots: tuple[Any, Any], momentum: Any, word: Any, given: tuple[str, ...]
) -> tuple[Step, ...]:
    """The steps from the roots of a mode to bounds of its rate, and to when it passes.

    `word` is the rate; `given` names that the roots are ordered and between 0 and 1, that the step
    is positive and, unless `momentum` is their product by definition, that it is; the claim has
    the steps in ROOT.
    """
    slow, fast = roots
    gathered, remaining = after(slow, fast)
    below_one = f"{name}: roots below one"
    known = (
        *given,
        below_one,
        f"{name}: powers",
        f"{name}: its gradient keeps its sign",
        f"{name}: rate",
    )
    return (
        Certified(below_one, And(fast < 1, momentum < 1), given=given),
        ClosedForm(
            f"{name}: rate",
            Eq(word, eta * gathered / remaining),
            given=given,
            states={m: gathered / (slow - fast), g: remaining / (slow - fast)},
        ),
        PowerOrder(
            f"{name}: powers", And(fast**steps > 0, slow**steps >= fast**steps), given=given
        ),
        CertifiedPowers(
            f"{name}: its gradient keeps its sign",
            remaining > 0,
            given=(*given, f"{name}: powers"),
        ),
        Certified(
            f"{name}: the fast root is below the root of beta",
            fast < momentum_root,
            given=(*given, *ROOT),
            keep=(momentum_root,),
        ),
        CertifiedPowers(f"{name}: before its limit", word < eta / (1 - fast), given=known),
        CertifiedPowers(
            f"{name}: distance from eta/(1-beta)",
            Eq(
                (word * (1 - momentum) - eta) * remaining,
                eta * momentum * (slow**steps * (1 - slow) - fast**steps * (1 - fast)),
            ),
            given=known,
        ),
        Certified(f"{name}: roots and step", eta * momentum > 0, given=given),
        CertifiedPowers(
            f"{name}: when it passes",
            Equivalent(word >= eta / (1 - momentum), passed(slow, fast)),
            given=(
                below_one,
                f"{name}: its gradient keeps its sign",
                f"{name}: distance from eta/(1-beta)",
                f"{name}: roots and step",
            ),
        ),
        Sealed(
            f"{name}: bound of its rate",
            word < eta / (1 - momentum_root),
            given=(
                *given,
                *ROOT,
                below_one,
                f"{name}: the fast root is below the root of beta",
                f"{name}: before its limit",
            ),
            keep=(momentum_root,),
        ),
    )
