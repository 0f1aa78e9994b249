"""The two files that a claim about a small model of its own starts from: complete, and true."""

from __future__ import annotations

THEORY = '''"""{title}: say the theorem here in one English sentence."""

from sympy import And, Eq, Integer, Symbol

from theory.claim import Claim
from theory.deterministic_run import CertifiedPowers, ClosedForm, PowerOrder, Run
from theory.language import computed, number
from theory.setting import Setting, some
from theory.steps import Certified
from theory.vocabulary import eta

# New words: `number` is given with an instance, `computed` is found by running it. How, is written
# in {verify_file}, under @means.
curvature = number("{slug}_curvature", "h", "curvature along the direction")
steps = number("{slug}_steps", "n", "number of steps made", whole=True)
after = computed("{slug}_after", "g_n", "gradient after that many steps, starting from 1")

g = Symbol("g", real=True)  # the state of the run
factor = 1 - eta * curvature
closed = Eq(after, factor**steps)
shrinks = after <= 1

claim = Claim(
    id="{claim_id}",
    title="{title}",
    source="where it comes from (paper and place, or: our formalisation)",
    functional="none",
    assumptions={{"curved": eta * curvature >= 0, "short": eta * curvature <= 2}},
    conclusion={{"closed form": closed, "shrinks": shrinks}},
    derivation=(
        ClosedForm("run it", closed, states={{g: factor**steps}}),
        Certified("the factor", And(factor >= -1, factor <= 1), given=("curved", "short")),
        PowerOrder("powers of the factor", factor**steps <= 1, given=("the factor",)),
        CertifiedPowers("put in", shrinks, given=("run it", "powers of the factor")),
    ),
    mutants={{
        "one step more": Eq(after, factor ** (steps + 1)),
        "grows": after >= 1,
        "never turns round": after >= 0,
    }},
    owes=("symbolic", "certified", "property"),
    # How a search draws instances, number by number, such that the assumptions hold.
    domain=Setting(
        "{name}",
        {{
            eta: some("positive"),
            curvature: 2 * some("share") / eta,
            steps: some("count") - 1,
        }},
        runs=(
            Run(
                start={{g: Integer(1)}},
                step={{g: g - eta * curvature * g}},
                reads={{after: g}},
                steps=steps,
            ),
        ),
    ),
)
'''

VERIFY = '''"""What the words of {claim_id} mean: found by running the model, by no formula."""

from fractions import Fraction

from verify.instances import InstanceWorld
from verify.meaning import means


@means("{slug}_after")
def _after(world: InstanceWorld) -> Fraction:
    gradient = Fraction(1)
    for _ in range(int(world["{slug}_steps"])):
        gradient -= world["eta"] * world["{slug}_curvature"] * gradient
    return gradient
'''
