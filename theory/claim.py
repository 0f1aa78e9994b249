"""A claim: one frozen value holding a theorem, its derivation, its wrong versions and its debts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Symbol
from sympy.logic.boolalg import Boolean

from theory.proof import Step
from theory.setting import Setting

_lambda_k, _lambda_k1 = Symbol("lambda_k", real=True), Symbol("lambda_k1", real=True)
ORDERS = (_lambda_k > _lambda_k1, _lambda_k >= _lambda_k1)  # the dominant directions are sharpest
KINDS = ("symbolic", "certified", "exact", "property", "monte-carlo", "experiment")


@dataclass(frozen=True)
class Domain:
    """Which models the search builds for a claim. None means: sometimes, at random.

    `step` is "real" (also zero and negative), "any" (positive), "stable" (below 2/lambda_1),
    "minimax" (below 2/(lambda_1+lambda_{k+1})),
    "mirror" (between 2/(lambda_k+lambda_d) and 2/lambda_1) or "critical" (eta* of every state).
    `ordered` keeps the dominant eigenvalues above those of the bulk, with or without a gap; a claim
    that drops its gap drops that, too. `above` starts every mode at or above its stationary level,
    `stationary` at it, `settled` the dominant modes only; `noise` is "additive" or "least squares".
    Building instances beats filtering them.
    """

    horizon: int = 1
    step: str = "any"
    gap: bool | None = True
    ordered: bool | None = True
    indefinite: bool | None = False  # some eigenvalues may be negative
    positive: bool | None = None  # all energies and variances positive
    two_level: bool | None = False
    isotropic: bool | None = False  # the same noise variance in every direction
    above: bool | None = None
    stationary: bool | None = False  # every mode at its stationary level
    settled: bool | None = False  # every dominant mode at its stationary level
    noise: str = "additive"
    quiet: bool | None = None  # no noise at all
    momentum: bool = False
    square: bool = False  # energies and variances are squares of rationals
    most_modes: int = 3  # per block

    def wider(self) -> Domain:
        """Every restriction lifted at random: where a dropped assumption is tested."""
        return replace(
            self,
            gap=None,
            indefinite=None,
            positive=None,
            two_level=None,
            isotropic=None,
            above=None,
            stationary=None if self.stationary else False,
            settled=None if self.settled else False,
            quiet=None,
            step="real" if self.step != "critical" else "critical",
        )


@dataclass(frozen=True)
class Example:
    """Numbers the specification prints for one model, kept as data and recomputed.

    `model` is the JSON form of `verify.models`; `values` maps an expression to the printed number:
    an exact string ("4/11") or a decimal, which must be the exact value rounded to its digits.
    """

    model: Mapping[str, Any]
    values: Mapping[Any, str]


@dataclass(frozen=True)
class Claim:
    """A theorem in the vocabulary.

    Args:
        id: permanent identifier, such as "SA-3".
        title: a short noun phrase.
        source: where it comes from; "our formalisation" where the paper gives no formula.
        functional: "ratio of expectations", "expectation of the ratio" or "none".
        assumptions: name -> sentence.
        conclusion: name of the part -> sentence; the claim says that all parts hold.
        mutants: name -> wrong conclusion, which must be refuted under the same assumptions.
        derivation: the steps that establish the parts.
        implied: assumption -> reason why the claim holds without it, be it that the others imply it
            or that no part needs it; a search without it must find nothing.
        weaker: assumption -> a relaxed form of it, which must be refuted as well.
        owes: the kinds of evidence without which the claim counts as `not run`.
        domain: which models the search builds: quadratics, or instances of a small setting.
        corrected_by: for a statement as printed that is false: the claim that corrects it.
        not_verifiable: for a statement that cannot be decided here: why.
        examples: printed numbers to reproduce.
        checked_only: part -> reason why it is checked but not proved.
        notes: remarks, and errors found in the source or the specification.
    """

    id: str
    title: str
    source: str
    functional: str
    assumptions: Mapping[str, Boolean]
    conclusion: Mapping[str, Boolean]
    mutants: Mapping[str, Boolean]
    derivation: tuple[Step, ...] = ()
    implied: Mapping[str, str] = field(default_factory=dict)
    weaker: Mapping[str, Boolean] = field(default_factory=dict)
    owes: tuple[str, ...] = ("symbolic", "property")
    domain: Domain | Setting = Domain()
    corrected_by: str = ""  # a statement as printed, which is false: the id of its correction
    not_verifiable: str = ""  # why no evidence can be had here
    examples: Mapping[str, Example] = field(default_factory=dict)
    checked_only: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sentence: str = ""  # filled by the registry: first line of the file's docstring

    @property
    def cites(self) -> tuple[str, ...]:
        """Ids of the claims that the derivation uses, in order of appearance."""
        names = [c for step in self.derivation for c in step.by]
        return tuple(dict.fromkeys(name.split("/")[0] for name in names))

    def without(self, *names: str) -> Claim:
        """The claim with these assumptions dropped."""
        return self._assuming({n: s for n, s in self.assumptions.items() if n not in names})

    def relaxed(self, name: str) -> Claim:
        """The claim with one assumption replaced by its weaker form."""
        return self._assuming({**self.assumptions, name: self.weaker[name]})

    def _assuming(self, assumptions: Mapping[str, Boolean]) -> Claim:
        """The claim under fewer assumptions; without its gap, the spectra may interleave."""
        had, has = (any(s in ORDERS for s in a.values()) for a in (self.assumptions, assumptions))
        domain = self.domain
        if had and not has and isinstance(domain, Domain):
            domain = replace(domain, ordered=None)
        return replace(self, assumptions=assumptions, domain=domain)

    def concluding(self, conclusion: Mapping[str, Boolean]) -> Claim:
        """The claim with another conclusion under the same assumptions."""
        return replace(self, conclusion=conclusion)
