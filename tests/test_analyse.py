"""`analyse` against a brute force from definitions: enumerated noise, bisected signs."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from verify.analyse import analyse
from verify.commands.analyse import command, short
from verify.state import state_from

DIGITS = 30
I1: dict[str, Any] = {
    "eigenvalues": [1, "1/2"],
    "k": 1,
    "gradient": [2, 2],
    "noise_variance": [9, 4],
    "step_size": "1/2",
}
STATES: dict[str, dict[str, Any]] = {
    "I1": I1,
    "three directions": {
        "eigenvalues": ["7/3", "0.9", "1/7"],
        "k": 1,
        "gradient": ["0.3", "-2", "11/5"],
        "noise_variance": ["1/3", "0.2", "5"],
        "step_size": "1/7",
    },
    "two dominant": {
        "eigenvalues": [10, 1, "1e-6"],
        "k": 2,
        "gradient": ["1/1000", 1, "1/9"],
        "noise_variance": ["1e-7", "3/7", "2e3"],
        "step_size": "1.75",
    },
    "self-correcting": {
        "eigenvalues": [1, "1/2"],
        "k": 1,
        "gradient": [3, 1],
        "noise_variance": [1, 100],
        "step_size": 1,
    },
}


class BruteForce:
    """A state in mpmath; expectations by enumerating independent noise +-sigma."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.mp = mpmath.MPContext()
        self.mp.dps = 60
        self.k = raw["k"]
        self.eta = self.real(raw["step_size"])
        self.lam = [self.real(x) for x in raw["eigenvalues"]]
        self.g = [self.real(x) for x in raw["gradient"]]
        sigma = [self.mp.sqrt(self.real(x)) for x in raw["noise_variance"]]
        self.noises = [
            [s * x for s, x in zip(signs, sigma, strict=True)]
            for signs in itertools.product((-1, 1), repeat=len(sigma))
        ]

    def real(self, text: Any) -> Any:
        exact = Fraction(text)
        return self.mp.mpf(exact.numerator) / exact.denominator

    def blocks(self, g: list[Any]) -> tuple[Any, Any]:
        squares = [x * x for x in g]
        return self.mp.fsum(squares[: self.k]), self.mp.fsum(squares[self.k :])

    def alignment(self, g: list[Any]) -> Any:
        dominant, bulk = self.blocks(g)
        return dominant / (dominant + bulk)

    def with_alignment(self, a: Any) -> list[Any]:
        dominant, bulk = self.blocks(self.g)
        total = dominant + bulk
        scales = self.mp.sqrt(a * total / dominant), self.mp.sqrt((1 - a) * total / bulk)
        return [x * scales[i >= self.k] for i, x in enumerate(self.g)]

    def expected(self, gradients: list[list[Any]]) -> Any:
        pairs = [self.blocks(g) for g in gradients]
        dominant, bulk = (self.mp.fsum(p[i] for p in pairs) for i in (0, 1))
        return dominant / (dominant + bulk)

    def next_alignment(self, g: list[Any], eta: Any) -> Any:
        rows = [
            [x - eta * lam * (x + xi) for lam, x, xi in zip(self.lam, g, noise, strict=True)]
            for noise in self.noises
        ]
        return self.expected(rows)

    def infinite_step_alignment(self, g: list[Any]) -> Any:
        return self.expected(
            [
                [lam * (x + xi) for lam, x, xi in zip(self.lam, g, noise, strict=True)]
                for noise in self.noises
            ]
        )

    def loss_change(self, g: list[Any], eta: Any, part: range) -> Any:
        """E L(x - eta P(g + xi)) - L(x), P onto the directions in `part`; loss = g^2/(2 lambda)."""
        changes = []
        for noise in self.noises:
            for i in part:
                x = g[i] / self.lam[i]
                moved = x - eta * (g[i] + noise[i])
                changes.append(self.lam[i] * (moved**2 - x**2) / 2)
        return self.mp.fsum(changes) / len(self.noises)

    def limit(self, g: list[Any], part: range) -> Any:
        # The change is -A eta + B eta^2; both from its enumerated values at two steps.
        one, two = (self.loss_change(g, eta, part) for eta in (1, 2))
        return (4 * one - two) / (2 * one - two)

    def zero(self, f: Any, high: Any = 1, low: Any = 0) -> Any:
        """Where f changes sign in (low, high), by bisection to 50 digits."""
        low, high = self.mp.mpf(low), self.mp.mpf(high)
        sign = f(high) > 0
        for _ in range(230):
            middle = (low + high) / 2
            low, high = (low, middle) if (f(middle) > 0) == sign else (middle, high)
        return (low + high) / 2

    def answer(self) -> dict[str, Any]:
        d = len(self.lam)
        everything, dominant, bulk = range(d), range(self.k), range(self.k, d)
        a = self.alignment(self.g)
        low = self.infinite_step_alignment(self.g) > a
        limits = [self.limit(self.g, part) for part in (dominant, bulk, everything)]

        def projection(at: Any) -> Any:
            g = self.with_alignment(at)
            return self.limit(g, bulk) - self.limit(g, dominant)

        return {
            "alignment": a,
            "alignment_next": self.next_alignment(self.g, self.eta),
            "low_alignment": low,
            "critical_step_size": self.zero(
                lambda eta: self.next_alignment(self.g, eta) - a, self.mp.mpf(10) ** 9
            )
            if low
            else None,
            "alignment_threshold": self.zero(
                lambda at: self.infinite_step_alignment(self.with_alignment(at)) - at
            ),
            "fixed_step_threshold": self.zero(
                lambda at: self.next_alignment(self.with_alignment(at), self.eta) - at
            ),
            "projection_threshold": self.zero(projection),
            "dominant_step_limit": limits[0],
            "bulk_step_limit": limits[1],
            "full_step_limit": limits[2],
        }


def rounded(value: Any, digits: int = DIGITS) -> Decimal:
    """An mpf to `digits` significant digits."""
    return Decimal(mpmath.nstr(value, digits, min_fixed=-mpmath.inf, max_fixed=mpmath.inf))


@pytest.mark.parametrize("name", STATES)
def test_exact_mode_prints_the_brute_force_to_its_last_digit(name: str) -> None:
    """Fails when any of 30 printed digits differs from enumeration and bisection."""
    shown = analyse(STATES[name], precision=DIGITS).to_json()
    for key, expected in BruteForce(STATES[name]).answer().items():
        if expected is None or isinstance(expected, bool):
            assert shown[key] == expected, key
        else:
            assert Decimal(shown[key]) == rounded(expected), key
    low, high = shown["dominant_step_limit"], shown["bulk_step_limit"]
    inside = Decimal(low) < Decimal(high)
    assert shown["projection_interval"] == ([low, high] if inside else None)


def test_brute_force_notices_a_wrong_formula() -> None:
    """The comparison can fail: eta* = p/q differs in the first digit."""
    assert rounded(BruteForce(I1).answer()["critical_step_size"] / 2) != Decimal(
        analyse(I1, precision=DIGITS).to_json()["critical_step_size"]
    )


def decimals(value: Any) -> Any:
    """Printed digits as numbers, so that 0.5 equals 0.500."""
    if isinstance(value, list):
        return [decimals(x) for x in value]
    return Decimal(value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (I1, {"critical_step_size": "4/11", "alignment_next": "13/23"}),
        (I1 | {"noise_variance": [4, 9]}, {"critical_step_size": "16/19"}),
        (I1 | {"step_size": "3/11"}, {"alignment_next": "337/707"}),
        (
            {
                "eigenvalues": [10, 1, "1/10"],
                "k": 2,
                "gradient": [1, 0, 1],
                "noise_variance": [0, 64, 1],
                "step_size": "1/10",
            },
            {
                "critical_step_size": "110/911",
                "dominant_step_limit": "1/37",
                "bulk_step_limit": "10",
                "alignment_next": "3200/8101",
            },
        ),
    ],
)
def test_published_numbers_of_the_specification(
    raw: dict[str, Any], expected: dict[str, str]
) -> None:
    """Fails when a witness of SA-3 or SA-16 comes out differently."""
    answer = analyse(raw)
    for key, value in expected.items():
        assert getattr(answer, key) == Fraction(value), key


def test_thresholds_of_sa4_and_sa14() -> None:
    """SA-4 M1 and SA-14 M1, compared as the digits printed there."""
    state = {"eigenvalues": [1, "1/2"], "k": 1, "noise_variance": 1}
    for gradient, expected in (([1, 0], None), (["3/5", "4/5"], "0.868517")):
        found = analyse(state | {"gradient": gradient}, precision=6).alignment_threshold
        shown = None if found is None else f"{float(found):.6f}"
        assert shown == expected
    narrow = {"eigenvalues": [1, "1/10"], "k": 1, "gradient": ["3/5", "4/5"], "noise_variance": 1}
    found = analyse(narrow).projection_threshold
    assert found is not None
    assert f"{float(found):.5f}" == "0.94882"


@pytest.mark.parametrize(
    ("gradient", "noise", "expected"),
    [
        ([0, 1], 1, {"critical_step_size": 0, "low_alignment": True, "alignment_next": "2/3"}),
        ([0, 1], [0, 1], {"critical_step_size": None, "low_alignment": None, "alignment_next": 0}),
        ([1, 0], 1, {"critical_step_size": None, "low_alignment": False, "alignment_next": "4/5"}),
        ([1, 0], [1, 0], {"critical_step_size": None, "low_alignment": None}),
    ],
)
def test_degenerate_states(gradient: list[int], noise: Any, expected: dict[str, Any]) -> None:
    """SA-6: an empty block has its own convention, and every null has a reason."""
    raw = {"eigenvalues": [2, 1], "k": 1, "gradient": gradient, "noise_variance": noise}
    answer = analyse(raw | {"step_size": "1/2"})
    shown = answer.to_json()
    for key, value in expected.items():
        found = getattr(answer, key)
        assert found == (Fraction(value) if isinstance(value, str) else value), key
    assert {key for key, value in shown.items() if value is None} == set(shown["reason"])
    assert all("\n" not in why for why in shown["reason"].values())
    assert answer.sentence.startswith("Degenerate")


def test_next_alignment_is_null_and_never_zero_when_the_gradient_vanishes() -> None:
    """SA-6: B = 0, no noise, eta lambda = 1."""
    raw = {"eigenvalues": [2, 1], "k": 1, "gradient": [1, 0], "noise_variance": 0}
    answer = analyse(raw | {"step_size": "1/2"})
    assert answer.alignment_next is None
    assert answer.expected_ratio_next is None


def test_json_has_exactly_the_documented_keys() -> None:
    """The keys of the issue, and `reason`."""
    assert list(analyse(I1).to_json()) == [
        "alignment",
        "alignment_next",
        "critical_step_size",
        "low_alignment",
        "alignment_threshold",
        "fixed_step_threshold",
        "projection_threshold",
        "dominant_step_limit",
        "bulk_step_limit",
        "full_step_limit",
        "projection_interval",
        "expected_ratio_next",
        "reason",
    ]


def precise_formulas(raw: dict[str, Any]) -> dict[str, Any]:
    """The definitions at 120 digits, from the doubles as given."""
    mp = mpmath.MPContext()
    mp.dps = 120
    k, eta = raw["k"], mp.mpf(raw["step_size"])
    rows = [
        tuple(mp.mpf(float(x)) for x in row)
        for row in zip(raw["eigenvalues"], raw["gradient"], raw["noise_variance"], strict=True)
    ]

    def total(f: Any, part: slice) -> Any:
        return mp.fsum(f(*row) for row in rows[part])

    parts = slice(None, k), slice(k, None)
    energy = [total(lambda lam, g, v: g * g, part) for part in parts]
    drift = [total(lambda lam, g, v: lam * g * g, part) for part in parts]
    lifted = [total(lambda lam, g, v: lam**2 * (g * g + v), part) for part in parts]
    slope = [total(lambda lam, g, v: lam * (g * g + v), part) for part in parts]
    following = [
        total(lambda lam, g, v: (1 - eta * lam) ** 2 * g * g + (eta * lam) ** 2 * v, part)
        for part in parts
    ]
    p = drift[0] * energy[1] - energy[0] * drift[1]
    q = lifted[0] * energy[1] - energy[0] * lifted[1]
    g_squared = sum(energy)
    noise = [total(lambda lam, g, v: lam**2 * v, part) for part in parts]
    # a* from q/G^2 = Q(a) at fixed shapes, as the root of a quadratic
    shape = [(a - n) / e for a, n, e in zip(lifted, noise, energy, strict=True)]
    contrast = (shape[0] - shape[1]) * g_squared
    roots = mp.polyroots([-contrast, contrast - noise[0] - noise[1], noise[0]], extraprec=400)
    return {
        "alignment": energy[0] / g_squared,
        "alignment_next": following[0] / sum(following),
        "critical_step_size": 2 * p / q if q > 0 else None,
        "alignment_threshold": next(mp.re(x) for x in roots if 0 < mp.re(x) < 1),
        "dominant_step_limit": 2 * energy[0] / slope[0],
        "bulk_step_limit": 2 * energy[1] / slope[1],
        "full_step_limit": 2 * g_squared / sum(slope),
    }


def spread_state(d: int, seed: int) -> dict[str, Any]:
    """Doubles over twelve orders of magnitude, in eigenvalues and in noise."""
    rng = np.random.default_rng(seed)
    return {
        "eigenvalues": np.sort(10 ** rng.uniform(-12, 0, d))[::-1].copy(),
        "k": max(1, d // 3),
        "gradient": rng.normal(size=d) * 10 ** rng.uniform(-6, 0, d),
        "noise_variance": 10 ** rng.uniform(-12, 0, d),
        "step_size": 1.5,
    }


def close_gap(d: int) -> dict[str, Any]:
    """Dominant and bulk eigenvalues that differ by a few units in the last place."""
    raw = spread_state(d, 5)
    half = d // 2
    raw["k"] = half
    raw["eigenvalues"] = np.full(d, 1.0)
    raw["eigenvalues"][half:] = 1.0 - 2.0**-52
    return raw


def nearly_critical(d: int) -> dict[str, Any]:
    """q cancels about 16 digits: the bulk noise is tuned to balance the dominant gain."""
    raw = spread_state(d, 9)
    exact = {key: value.copy() if hasattr(value, "copy") else value for key, value in raw.items()}
    for _ in range(3):
        lam, g, v, k = (exact[x] for x in ("eigenvalues", "gradient", "noise_variance", "k"))
        energy = [np.sum(g[:k] ** 2), np.sum(g[k:] ** 2)]
        gain = np.sum(lam[:k] ** 2 * (g[:k] ** 2 + v[:k])) * energy[1] / energy[0]
        v[k] = (
            gain - np.sum(lam[k:] ** 2 * g[k:] ** 2) - np.sum(lam[k + 1 :] ** 2 * v[k + 1 :])
        ) / (lam[k] ** 2)
    exact["noise_variance"][k] *= 1 - 2.0**-50
    return exact


@pytest.mark.parametrize(
    "raw",
    [
        spread_state(10, 1),
        spread_state(10, 2),
        spread_state(2500, 3),
        close_gap(10),
        close_gap(2500),
        nearly_critical(10),
        nearly_critical(2500),
    ],
    ids=["10", "10 again", "2500", "close 10", "close 2500", "critical 10", "critical 2500"],
)
def test_float_mode_has_twelve_digits_over_twelve_orders(raw: dict[str, Any]) -> None:
    """Fails when cancellation eats into the 12th significant digit."""
    shown = analyse(raw).to_json()
    for key, expected in precise_formulas(raw).items():
        if expected is None:
            assert shown[key] is None
        else:
            assert abs(mpmath.mpf(shown[key]) / expected - 1) < mpmath.mpf(10) ** -12, key


def test_large_states_use_doubles_and_agree_with_rationals() -> None:
    """Pairs of doubles for 2500 directions give the correctly rounded rational answer."""
    raw = spread_state(2500, 4)
    assert isinstance(state_from(raw).eigenvalues, np.ndarray)
    written = {
        key: [str(Fraction(float(x))) for x in value] if isinstance(value, np.ndarray) else value
        for key, value in raw.items()
    }
    written["step_size"] = "1.5"
    exact, found = analyse(written), analyse(raw)
    for key in ("alignment", "alignment_next", "critical_step_size", "projection_threshold"):
        assert float(getattr(exact, key)) == getattr(found, key), key


def test_hessian_gives_the_same_answer_as_its_eigenvalues() -> None:
    """A rotation by (3, 4)/5 and a permutation change nothing, to 30 digits."""
    rotation = [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]]

    def rotated(diagonal: list[Fraction]) -> list[list[str]]:
        return [
            [
                str(sum(rotation[m][i] * diagonal[m] * rotation[m][j] for m in (0, 1)))
                for j in (0, 1)
            ]
            for i in (0, 1)
        ]

    gradient = [str(sum(rotation[m][i] * 2 for m in (0, 1))) for i in (0, 1)]
    raw = {
        "hessian": rotated([Fraction(1), Fraction(1, 2)]),
        "k": 1,
        "gradient": gradient,
        "noise_covariance": rotated([Fraction(9), Fraction(4)]),
        "step_size": "1/2",
    }
    expected = analyse(I1, precision=DIGITS).to_json()
    found = analyse(raw, precision=DIGITS).to_json()
    ratio = found.pop("expected_ratio_next"), expected.pop("expected_ratio_next")
    for key, value in expected.items():
        assert decimals(found[key]) == decimals(value), key
    assert max(Decimal(x[0]) for x in ratio) <= min(Decimal(x[1]) for x in ratio)
    swapped = I1 | {"gradient": [2, 2], "noise_variance": [9, 4]}
    del swapped["eigenvalues"]
    swapped["hessian"] = [["1/2", 0], [0, 1]]
    assert analyse(swapped, precision=DIGITS).critical_step_size == Fraction(4, 11)


def test_digits_beyond_a_double_need_exact_input() -> None:
    """One double makes the input inexact: 17 digits, with a note."""
    answer = analyse(I1 | {"gradient": [2, 2.0]}, precision=40)
    assert answer.precision == 17
    assert "strings" in answer.warnings[0]
    assert isinstance(answer.alignment, float)


def run_command(raw: dict[str, Any], monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
    content = io.BytesIO(json.dumps(raw).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    command("-", **options)


def test_command_prints_json_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command is the API and a printer."""
    run_command(I1, monkeypatch, as_json=True, precision=5)
    assert json.loads(capsys.readouterr().out)["critical_step_size"] == 0.36364


def test_command_says_the_regime_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table ends with what to do."""
    run_command(I1, monkeypatch)
    out = " ".join(capsys.readouterr().out.split())
    assert "Low-alignment regime: steps below 0.363636 lower the alignment" in out
    run_command(STATES["self-correcting"], monkeypatch)
    out = " ".join(capsys.readouterr().out.split())
    assert "no choice of step size can raise it" in out
    assert "none: q <= 0" in out


def test_a_step_near_the_critical_one_is_told_apart() -> None:
    """Fails when the sentence prints the same number for two steps on different sides."""
    near = analyse(I1 | {"step_size": "0.36363637"}).sentence
    assert "below 0.36363636 lower" in near
    assert "Yours, 0.36363637, raises it; choose a step below 0.36363636 to lower it" in near
    nearer = analyse(I1 | {"step_size": f"0.{'36' * 14}"}).sentence
    assert f"Yours, 0.{'36' * 14}, lowers it; choose a step above 0.{'36' * 14}4 to" in nearer
    assert "Yours, 0.363636, is critical" in analyse(I1 | {"step_size": "4/11"}).sentence
    edge = analyse(I1 | {"step_size": "0.61538461"}).sentence
    assert "between 0.61538462 and 2 the dominant" in edge
    assert "your step is outside" in edge


def test_the_table_shows_exact_fractions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fails when an exact answer is printed as a double only, or a rounded one as a fraction."""
    monkeypatch.setenv("COLUMNS", "100")
    run_command(I1, monkeypatch)
    out = capsys.readouterr().out
    for cell in ("1/2 = 0.5", "4/11 ≈ 0.36363636363636365", "13/23 ≈ 0.56", "(8/13, 2)", " 2 "):
        assert cell in out
    assert "a*        0.9359621843106514" in out  # irrational
    assert "Fractions are exact" in out
    run_command(I1, monkeypatch, precision=30)
    assert f"4/11 ≈ 0.{'36' * 15}" in capsys.readouterr().out
    run_command(I1 | {"gradient": [2, 2.0]}, monkeypatch)
    out = capsys.readouterr().out
    assert "≈" not in out
    assert "Fractions" not in out


def test_only_short_numbers_are_fractions() -> None:
    """Fails when a long fraction is printed, or one that Python refuses to print."""
    assert short(Fraction(1, 10**21)) == f"1/{10**21}"
    assert short(Fraction(1, 10**24)) is None
    assert short(Fraction(10**5000)) is None
    assert short(0.5) is None


def test_start_up_stays_light() -> None:
    """Neither the algebra system nor the compiler nor plotting is imported for an answer."""
    script = (
        "import sys; from verify.analyse import analyse; import verify.commands.analyse;"
        f"analyse({I1!r}).to_json();"
        "print({'sympy','numba','scipy','sklearn','matplotlib','hypothesis'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"
