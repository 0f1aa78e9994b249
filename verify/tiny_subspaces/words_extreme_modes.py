"""Which modes are the sharpest and the flattest: compare the eigenvalues of the model."""

from __future__ import annotations

from fractions import Fraction

from verify.meaning import ModeView, means


@means("sharpest")
def _sharpest(view: ModeView) -> Fraction:
    return Fraction(all(view.mode.eigenvalue >= m.eigenvalue for m in view.world.model.modes))


@means("flattest")
def _flattest(view: ModeView) -> Fraction:
    return Fraction(all(view.mode.eigenvalue <= m.eigenvalue for m in view.world.model.modes))
