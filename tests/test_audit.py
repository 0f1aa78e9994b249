"""The table of what a paper prints agrees with the claims that decide it."""

from __future__ import annotations

import pytest

from theory import registry
from theory.audit import VERDICTS, Printed
from theory.tiny_subspaces.audit import AUDIT

NUMBERED = (
    *("(Q1)", "(1)", "(2)", "SAM-edge", "Table 1", "Remark 3"),
    *(f"Definition {i}" for i in (1, 2, 4)),
    *(f"Phenomenon {i}" for i in (1, 2, 3)),
)
REFUTED = ("misprint", "false as said")


@pytest.mark.parametrize("row", AUDIT, ids=lambda row: f"{row.place} {row.claims}")
def test_every_row_is_decided_by_claims_that_exist(row: Printed) -> None:
    """Fails when a row names no claim, or one that is not there."""
    assert row.claims
    for name in row.claims:
        assert registry.get(name).id == name
    assert row.remark or row.verdict == "definition"


@pytest.mark.parametrize("row", AUDIT, ids=lambda row: f"{row.place} {row.claims}")
def test_what_is_refuted_stands_beside_its_correction(row: Printed) -> None:
    """Fails when a printed form counts as refuted without a claim of its own, or the reverse."""
    printed = [name for name in row.claims if registry.get(name).corrected_by]
    assert (row.verdict in REFUTED) == bool(printed)
    for name in printed:
        assert registry.get(name).corrected_by in row.claims


def test_every_claim_about_print_is_in_the_table() -> None:
    """Fails when a printed form is refuted that the audit does not show."""
    told = {name for row in AUDIT for name in row.claims}
    printed = {name for name in registry.files() if registry.get(name).corrected_by}
    assert printed <= told
    assert set(VERDICTS) >= {row.verdict for row in AUDIT}


def test_numbered_items_of_the_paper_are_all_there() -> None:
    """Fails when the audit leaves out a numbered equation, definition, phenomenon or table."""
    places = " ".join(row.place for row in AUDIT)
    assert [item for item in NUMBERED if item not in places] == []
