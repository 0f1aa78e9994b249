"""SA-14 as prose: a step that moves one block changes the loss by that block's share."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

NUMBERS = st.builds(Fraction, st.integers(-6, 6), st.integers(1, 4))
POSITIVE = st.builds(Fraction, st.integers(1, 9), st.integers(1, 5))
MODES = st.lists(st.tuples(POSITIVE, NUMBERS), min_size=2, max_size=4)


def loss(curvatures, position):
    """The quadratic itself."""
    return sum(c * x**2 / 2 for c, x in zip(curvatures, position, strict=True))


def stepped(curvatures, position, noise, step_size, moving):
    """x - eta P(Hx + xi), where P keeps the coordinates in `moving`."""
    rows = enumerate(zip(curvatures, position, noise, strict=True))
    return [x - step_size * (c * x + xi) if i in moving else x for i, (c, x, xi) in rows]


@settings(max_examples=100)
@given(modes=MODES, step_size=POSITIVE, data=st.data())
def test_projecting_the_step_isolates_the_change_of_one_block(modes, step_size, data) -> None:
    """Fails when for some noise the projected step changes the loss otherwise."""
    curvatures, position = zip(*modes, strict=True)
    noise = data.draw(st.lists(NUMBERS, min_size=len(modes), max_size=len(modes)))
    k = data.draw(st.integers(1, len(modes) - 1))
    everything = set(range(len(modes)))
    full = stepped(curvatures, position, noise, step_size, everything)
    for block in (set(range(k)), everything - set(range(k))):
        projected = stepped(curvatures, position, noise, step_size, block)
        alone = sum(curvatures[i] * (full[i] ** 2 - position[i] ** 2) / 2 for i in block)
        assert loss(curvatures, projected) - loss(curvatures, position) == alone


def expected_change(curvatures, gradient, deviations, step_size, block):
    """Mean change of the loss under the projected step, over all signs of the noise."""
    position = [g / c for g, c in zip(gradient, curvatures, strict=True)]
    changes = []
    for signs in product((1, -1), repeat=len(curvatures)):
        noise = [s * d for s, d in zip(signs, deviations, strict=True)]
        after = stepped(curvatures, position, noise, step_size, block)
        changes.append(loss(curvatures, after) - loss(curvatures, position))
    return sum(changes) / len(changes)


def noisy_change(curvatures, gradient, step_size, block):
    """The same with noise of variance 10: 0 with probability 3/5, else 5 or -5."""
    quiet = expected_change(curvatures, gradient, (0, 0), step_size, block)
    loud = expected_change(curvatures, gradient, (5, 5), step_size, block)
    return Fraction(3, 5) * quiet + Fraction(2, 5) * loud


def test_between_the_limits_the_bulk_helps_and_the_dominant_part_hurts() -> None:
    """Fails when the interval (18/19, 20/11) of the state a = 9/10 is not where signs change."""
    curvatures, gradient = (Fraction(1), Fraction(1, 10)), (Fraction(3), Fraction(1))
    signs = {
        name: tuple(
            noisy_change(curvatures, gradient, Fraction(step_size), block) > 0
            for block in ({0}, {1})
        )
        for name, step_size in (("below", "9/10"), ("inside", "1"), ("above", "2"))
    }
    assert signs == {"below": (False, False), "inside": (True, False), "above": (True, True)}
