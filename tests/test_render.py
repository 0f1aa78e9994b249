"""Typesetting: formulas say what the sentences mean, and every symbol of an entry is explained."""

from __future__ import annotations

import re

import pytest
from sympy import Eq, Implies, Or, Symbol

from theory import registry
from theory.grammar import parse
from theory.language import VOCABULARY, Always, ForBulkModes
from theory.readable import readable
from theory.render import latex, latex_of_parts
from theory.tiny_subspaces.sampled_step import expected_correlation
from theory.tiny_subspaces.toy_growth import kept_gap
from theory.vocabulary import D_next, a, a_next, eta, excess, q
from verify.paper_claims import PREFACE, entry, prose


def test_times_do_not_run_into_each_other() -> None:
    """Fails when "from then on" reads like the time around it: the sentence would say nothing."""
    rising = a_next >= a
    told = latex(Always(Implies(rising, Always(rising))))
    assert told.startswith(r"\forall t:\ \left(a^+ \geq a")
    assert r"\left(\forall t' \ge t:\ a^+ \geq a\right)" in told


def test_arrows_and_joiners_are_bracketed() -> None:
    """Fails when a reader must know precedences to read a sentence."""
    nested = Implies(Implies(q > 0, eta > 0), a > 0)
    assert latex(nested).startswith(r"\left(q > 0 \;\Rightarrow\; \eta > 0\right)")
    mixed = parse("q <= 0 or (q > 0 and eta < eta_star)")
    assert isinstance(mixed, Or)
    assert r"\left(q > 0 \;\wedge\; \eta < \eta^*\right)" in latex(mixed)
    both = latex_of_parts([Implies(q > 0, a > 0), Eq(a, 1)])
    assert both.startswith(r"\left(q > 0")
    assert latex_of_parts([Eq(a, 1)]) == "a = 1"


def test_words_that_are_sums_or_quotients_are_bracketed() -> None:
    """Fails when (b-a)^2 is typeset as b-a^2."""
    assert latex(Eq(kept_gap**2, a)) == r"\left(\beta-\alpha\right)^{2} = a"
    assert latex(Eq(a * kept_gap, a)) == r"a \left(\beta-\alpha\right) = a"
    assert latex(Eq(kept_gap, a)) == r"\beta-\alpha = a"
    assert "left" not in latex(Eq(eta * expected_correlation, 1))  # the sum is in angle brackets


@pytest.mark.parametrize("name", sorted(VOCABULARY))
def test_no_word_has_two_exponents(name: str) -> None:
    """Fails when TeX would stop at x^a^b."""
    assert not re.search(r"\^({[^{}]*}|\w|\+)\^", VOCABULARY[name].latex)


def test_the_index_of_a_quantifier_is_the_index_of_its_words() -> None:
    """Fails when "for all bulk modes j" speaks about a mode l."""
    assert latex(ForBulkModes(excess >= 0)) == r"\forall l > k:\ \alpha_l \geq 0"


def test_an_expectation_ends_where_its_bracket_closes() -> None:
    """Fails when E x y leaves open what the expectation is taken of."""
    assert latex(D_next) == "E[D^+]"
    assert latex(Symbol("D_next") * q) == "E[D^+] q"


def test_prose_stays_prose() -> None:
    """Fails when a star or a bar in a sentence becomes emphasis or a column."""
    assert prose("a*(1 - a*) of |g|") == r"a\*(1 - a\*) of \|g\|"


@pytest.mark.parametrize("claim", ["SA-3", "SA-20", "TS-9", "TS-23"])
def test_every_symbol_of_an_entry_is_explained(claim: str) -> None:
    """Fails when an entry uses a name that its table of symbols does not explain."""
    lines = list(entry(registry.get(claim)))
    explained = {m.group(1) for line in lines if (m := re.match(r"\| \$.*\$ \| `(\w+)` \|", line))}
    numbers = {n for line in lines for n in re.findall(r"(?:`|   )(\w+) = ", line)}
    quadratic = {"lambda", "eta", "schedule", "b", "k", "theta"}
    assert explained
    assert numbers - quadratic <= explained


def test_what_notes_call_the_specification_is_explained() -> None:
    """Fails when a reader meets "the specification" and nobody said what that is."""
    (sentence,) = re.findall(r"\*the specification\*: ([^.]*)\.", PREFACE)
    assert "that this formalisation started from" in sentence.replace("\n", " ")


def test_an_entry_without_words_has_no_table() -> None:
    """Fails when a claim in plain language is given an empty table of symbols."""
    assert not any("Symbols" in line for line in entry(registry.get("TS-37")))


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        (r"\text{the features are not centred}", "the features are not centred"),
        (r"k = 0 \Rightarrow a \equiv 0, \quad k = d", "k = 0 implies a == 0, k = d"),
        (r"\eta\lambda_1/2 \le 1.05 \text{ for } t", "eta lambda_1/2 <= 1.05 for t"),
        (r"79\,\% \text{ of steps}, \tfrac12 < E\chi_1", "79 % of steps, 1/2 < E chi_1"),
        (r"\|\theta_t\| \ge \frac{a}{b}", r"||theta_t|| >= \frac{a}{b}"),
    ],
)
def test_a_formula_can_be_read_in_a_terminal(formula: str, shown: str) -> None:
    """Fails when `gradalign explain` prints the markup of a sentence instead of the sentence."""
    assert readable(formula) == shown
