"""Every bad input of the issue ends in one clear line; every good form of input is understood."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.analyse import analyse
from verify.errors import InputError
from verify.state import Run, State, read_run, read_state, run_from, state_from
from verify.trajectory import trajectory

GOOD: dict[str, Any] = {
    "eigenvalues": [3, 2, 1],
    "k": 1,
    "gradient": [1, 1, 1],
    "noise_variance": 1,
    "step_size": "0.1",
}
HESSIAN: dict[str, Any] = {
    "hessian": [[2, 1, 0], [1, 2, 0], [0, 0, 5]],
    "k": 1,
    "gradient": [1, 1, 1],
    "noise_variance": 1,
}
RUN: dict[str, Any] = {
    "eigenvalues": [3, 2, 1],
    "k": 1,
    "initial_gradient": [1, 1, 1],
    "noise_variance": 1,
    "step_size": "0.1",
    "steps": 10,
}
NAN, INFINITY = float("nan"), float("inf")


def without(raw: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in keys}


def covariance(*rows: list[Any]) -> dict[str, Any]:
    return without(GOOD, "noise_variance") | {"noise_covariance": list(rows)}


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "hessian not symmetric": (
        HESSIAN | {"hessian": [[2, 1, 0], [0, 2, 0], [0, 0, 5]]},
        "symmetric",
    ),
    "hessian barely not symmetric": (
        HESSIAN | {"hessian": [[2, 1, 0], ["1.0000000000000000000001", 2, 0], [0, 0, 5]]},
        "symmetric",
    ),
    "hessian not finite": (HESSIAN | {"hessian": [[2.0, NAN], [NAN, 1.0]]}, "finite"),
    "hessian infinite": (HESSIAN | {"hessian": [[INFINITY, 0.0], [0.0, 1.0]]}, "finite"),
    "hessian not square": (HESSIAN | {"hessian": [[2, 1], [1, 2], [0, 0]]}, "square"),
    "hessian ragged": (HESSIAN | {"hessian": [[2, 1], [1]]}, "square"),
    "hessian flat": (HESSIAN | {"hessian": [2, 1]}, "list of numbers"),
    "hessian one by one": (HESSIAN | {"hessian": [[2]], "gradient": [1]}, "two directions"),
    "hessian empty": (HESSIAN | {"hessian": [], "gradient": []}, "two directions"),
    "hessian indefinite": (HESSIAN | {"hessian": [[1, 2, 0], [2, 1, 0], [0, 0, 5]]}, "convex"),
    "hessian indefinite diagonal": (
        HESSIAN | {"hessian": [[1, 0, 0], [0, -2, 0], [0, 0, 5]]},
        "convex",
    ),
    "hessian without gap": (HESSIAN | {"hessian": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}, "gap"),
    "hessian without gap, rotated": (
        HESSIAN | {"hessian": [[2, 1, 1], [1, 2, 1], [1, 1, 2]], "k": 2},
        "gap",
    ),
    "gradient in the null space": (
        HESSIAN | {"hessian": [[1, 1, 0], [1, 1, 0], [0, 0, 5]], "gradient": [1, 0, 1]},
        "null space",
    ),
    "hessian and eigenvalues": (GOOD | {"hessian": [[1]]}, "either"),
    "no spectrum": (without(GOOD, "eigenvalues"), "either"),
    "eigenvalues not sorted": (GOOD | {"eigenvalues": [1, 3, 2]}, "sort descending"),
    "eigenvalues negative": (GOOD | {"eigenvalues": [3, 2, -1]}, "negative"),
    "eigenvalues not finite": (GOOD | {"eigenvalues": [INFINITY, 2.0, 1.0]}, "finite"),
    "eigenvalues nan": (GOOD | {"eigenvalues": [3, NAN, 1]}, "finite"),
    "eigenvalues text": (GOOD | {"eigenvalues": [3, "two", 1]}, "not a number"),
    "eigenvalues nested": (GOOD | {"eigenvalues": [3, [2], 1]}, "must be a number"),
    "eigenvalues a number": (GOOD | {"eigenvalues": 3}, "list of numbers"),
    "eigenvalues empty": (GOOD | {"eigenvalues": []}, "at least two"),
    "one direction": (GOOD | {"eigenvalues": [1], "gradient": [1]}, "at least two"),
    "k zero": (GOOD | {"k": 0}, "between 1 and 2"),
    "k is d": (GOOD | {"k": 3}, "between 1 and 2"),
    "k negative": (GOOD | {"k": -1}, "between 1 and 2"),
    "k fractional": (GOOD | {"k": 1.5}, "whole"),
    "k true": (GOOD | {"k": True}, "number"),
    "k missing": (without(GOOD, "k"), "k is missing"),
    "no gap": (GOOD | {"eigenvalues": [2, 2, 1]}, "no spectral gap"),
    "noise negative": (GOOD | {"noise_variance": -1}, "negative"),
    "noise entry negative": (GOOD | {"noise_variance": [1, 1, "-1/9"]}, "noise_variance[2]"),
    "noise missing": (without(GOOD, "noise_variance"), "noise_variance is missing"),
    "noise twice": (GOOD | {"noise_covariance": [[1]]}, "not both"),
    "noise too short": (GOOD | {"noise_variance": [1, 1]}, "2 entries"),
    "noise nan": (GOOD | {"noise_variance": NAN}, "finite"),
    "covariance not PSD": (covariance([1, 2, 0], [2, 1, 0], [0, 0, 1]), "negative eigenvalue"),
    "covariance barely not PSD": (
        covariance([1, 1, 0], [1, "0.9999999999999999999999", 0], [0, 0, 1]),
        "negative eigenvalue",
    ),
    "covariance zero pivot": (covariance([0, 1, 0], [1, 1, 0], [0, 0, 1]), "negative eigenvalue"),
    "covariance doubles not PSD": (
        covariance([1.0, 1.1, 0.0], [1.1, 1.0, 0.0], [0.0, 0.0, 1.0]),
        "negative eigenvalue",
    ),
    "covariance diagonal negative": (covariance([1, 0, 0], [0, -1, 0], [0, 0, 1]), "negative"),
    "covariance not symmetric": (covariance([1, 1, 0], [0, 1, 0], [0, 0, 1]), "symmetric"),
    "covariance wrong size": (covariance([1, 0], [0, 1]), "2 rows"),
    "gradient too long": (GOOD | {"gradient": [1, 1, 1, 1]}, "4 entries"),
    "gradient zero": (GOOD | {"gradient": [0, 0, 0]}, "zero"),
    "gradient nan": (GOOD | {"gradient": [1.0, NAN, 1.0]}, "gradient[1]"),
    "gradient missing": (without(GOOD, "gradient"), "gradient is missing"),
    "gradient null": (GOOD | {"gradient": [1, None, 1]}, "None"),
    "gradient where there is no curvature": (GOOD | {"eigenvalues": [3, 2, 0]}, "gradient[2]"),
    "step zero": (GOOD | {"step_size": 0}, "positive"),
    "step negative": (GOOD | {"step_size": "-1/2"}, "positive"),
    "step infinite": (GOOD | {"step_size": INFINITY}, "finite"),
    "step divides by zero": (GOOD | {"step_size": "1/0"}, "divides by zero"),
    "step hostile": (GOOD | {"step_size": "__import__('os').system('true')"}, "not a number"),
    "step arithmetic": (GOOD | {"step_size": "9**9**9"}, "not a number"),
    "step huge exponent": (GOOD | {"step_size": "1e999999999"}, "exponent"),
    "step very long": (GOOD | {"step_size": "1" * 5000}, "characters"),
    "step other digits": (GOOD | {"step_size": "١"}, "not a number"),
    "unknown key": (GOOD | {"eigenvalue": [1]}, "did you mean 'eigenvalues'"),
    "unknown key, nothing close": (GOOD | {"zzz": 1}, "use eigenvalues"),
    "key of the other command": (GOOD | {"initial_gradient": [1]}, "did you mean 'gradient'"),
}
BAD_RUNS: dict[str, tuple[dict[str, Any], str]] = {
    "steps missing": (without(RUN, "steps"), "steps is missing"),
    "step size missing": (without(RUN, "step_size"), "step_size is missing"),
    "steps zero": (RUN | {"steps": 0}, "between 1"),
    "steps negative": (RUN | {"steps": -5}, "between 1"),
    "steps fractional": (RUN | {"steps": "1/2"}, "whole"),
    "steps too many": (RUN | {"steps": 10**30}, "between 1"),
    "nothing moves": (RUN | {"initial_gradient": [0, 0, 0], "noise_variance": 0}, "no noise"),
    "key of the other command": (
        without(RUN, "initial_gradient") | {"gradient": [1, 1, 1]},
        "did you mean 'initial_gradient'",
    ),
}


def check_one_line(error: InputError, part: str) -> None:
    message = str(error)
    assert "\n" not in message
    assert len(message) < 250
    assert part in message


@pytest.mark.parametrize("name", BAD)
def test_bad_state_ends_in_one_clear_line(name: str) -> None:
    """Fails on another exception, on acceptance, and on an unclear message."""
    raw, part = BAD[name]
    with pytest.raises(InputError) as caught:
        analyse(raw)
    check_one_line(caught.value, part)


@pytest.mark.parametrize("name", BAD_RUNS)
def test_bad_run_ends_in_one_clear_line(name: str) -> None:
    """The same for `trajectory`."""
    raw, part = BAD_RUNS[name]
    with pytest.raises(InputError) as caught:
        trajectory(raw)
    check_one_line(caught.value, part)


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not valid JSON"),
    "cut short": (b'{"eigenvalues": [3, 2', "line 1, column"),
    "a list": (b"[1, 2]", "write an object"),
    "constant NaN": (b'{"k": NaN}', "finite"),
    "constant -Infinity": (b'{"k": -Infinity}', "finite"),
    "twice": (b'{"k": 1, "k": 2}', "twice"),
    "deep": (b"[" * 10**5, "nested too deeply"),
    "long integer": (b'{"k": ' + b"9" * 10**5 + b"}", "thousands of digits"),
    "not text": (b"\xff\xfe\x00", "UTF-8"),
    "overflow": (
        json.dumps(GOOD | {"step_size": 0}).replace(": 0}", ": 1e999}").encode(),
        "finite",
    ),
    "huge": (b" " * (64 * 2**20 + 1), "NPZ"),
    "array": (b"\x93NUMPY\x01\x00v\x00{", "numpy.savez"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_ends_in_one_clear_line(name: str, tmp_path: Path) -> None:
    """Malformed and huge files of every kind."""
    content, part = BAD_FILES[name]
    path = tmp_path / "state.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_state(path)
    assert "\n" not in str(caught.value)
    assert part in str(caught.value)


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def read_bytes(content: bytes, folder: Path) -> State:
    path = folder / "state.npz"
    path.write_bytes(content)
    return read_state(path)


@pytest.mark.parametrize("kept", [10, 100, 400, 700, -1])
def test_truncated_npz(kept: int, tmp_path: Path) -> None:
    """A file cut anywhere is damaged, not half read."""
    with pytest.raises(InputError, match=r"NPZ|JSON"):
        read_bytes(npz(**GOOD)[:kept], tmp_path)


def test_corrupted_npz(tmp_path: Path) -> None:
    """Bytes changed in the middle give an error or a state, never another exception."""
    content = npz(**GOOD)
    refused = 0
    for place in range(30, len(content), 37):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        try:
            read_bytes(bytes(damaged), tmp_path)
        except InputError:
            refused += 1
    assert refused > 10


def test_npz_with_python_objects_is_refused(tmp_path: Path) -> None:
    """Nothing is unpickled."""
    with pytest.raises(InputError, match="Python objects"):
        read_bytes(npz(**(GOOD | {"gradient": np.array([1, None, {}], dtype=object)})), tmp_path)


def test_npz_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    """The unpacked size is checked before unpacking."""
    monkeypatch.setattr("verify.state_files.LARGEST_NPZ", 10**6)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gradient.npy", b"\0" * 10**7)
    with pytest.raises(InputError, match="unpacks to more"):
        read_bytes(buffer.getvalue(), tmp_path)


@pytest.mark.parametrize(
    ("arrays", "part"),
    [
        ({"gradient": np.array([1.0, np.nan, 1.0])}, "gradient[1]"),
        ({"gradient": np.array([1j, 1, 1])}, "complex"),
        ({"gradient": np.ones((3, 1))}, "shape"),
        ({"gradient": np.array([True, True, True])}, "bool"),
        ({"k": np.array([1])}, "one number"),
        ({"noise_variance": np.array(["1", "x", "1"])}, "not a number"),
    ],
)
def test_bad_arrays(arrays: dict[str, Any], part: str, tmp_path: Path) -> None:
    """Arrays are checked as lists are."""
    with pytest.raises(InputError) as caught:
        read_bytes(npz(**(GOOD | arrays)), tmp_path)
    check_one_line(caught.value, part)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing files and folders are told apart from bad content."""
    for path in (tmp_path / "none.json", tmp_path, "a\0b"):
        with pytest.raises(InputError) as caught:
            read_state(path)
        assert "\n" not in str(caught.value)


def test_npz_and_json_are_the_same_state(tmp_path: Path) -> None:
    """Strings in an array are exact; the file's name does not matter."""
    arrays = GOOD | {"gradient": np.array(["1/3", "0.1", "2"])}
    packed = read_bytes(npz(**arrays), tmp_path)
    path = tmp_path / "state.txt"
    path.write_text(json.dumps(GOOD | {"gradient": ["1/3", "0.1", "2"]}))
    assert packed == read_state(path)
    assert packed.exact
    assert packed.gradient == (Fraction(1, 3), Fraction(1, 10), Fraction(2))


def test_exact_rule() -> None:
    """Strings and whole numbers are exact; one JSON number with a point is enough to be inexact."""
    assert state_from(GOOD).exact
    assert not state_from(GOOD | {"step_size": 0.1}).exact
    assert not state_from(GOOD | {"gradient": [1.0, 1, 1]}).exact
    assert state_from(GOOD | {"noise_variance": "1e-3"}).noise_variance[0] == Fraction(1, 1000)
    assert state_from(GOOD | {"step_size": 0.1}).step_size == Fraction(0.1)


def test_symmetric_up_to_rounding_is_symmetric() -> None:
    """A Hessian of doubles as a user computes it, X^T X / n, is accepted."""
    rng = np.random.default_rng(3)
    data = rng.normal(size=(50, 6))
    hessian = data.T @ data / 50
    hessian[0, 1] = np.nextafter(hessian[0, 1], 10)
    raw = {"hessian": hessian, "k": 2, "gradient": rng.normal(size=6), "noise_variance": 1}
    values = [float(x) for x in state_from(raw).eigenvalues]
    assert np.allclose(values, np.linalg.eigvalsh(hessian)[::-1])


def test_singular_hessian_and_covariance_of_doubles_are_accepted() -> None:
    """Rank-deficient matrices whose zero eigenvalues come out as +-1e-17."""
    rng = np.random.default_rng(4)
    data = rng.normal(size=(3, 5))
    hessian = data.T @ data
    raw = {
        "hessian": hessian,
        "k": 2,
        "gradient": hessian @ rng.normal(size=5),
        "noise_covariance": hessian,
    }
    state = state_from(raw)
    assert [float(x) for x in state.eigenvalues[3:]] == [0, 0]
    assert [float(x) for x in state.gradient[3:]] == [0, 0]


def test_large_hessian_states_its_loss() -> None:
    """Beyond 24 directions the decomposition is in doubles, and a note says what that costs."""
    values = np.logspace(0, -12, 30)
    rotation = np.linalg.qr(np.random.default_rng(5).normal(size=(30, 30)))[0]
    hessian = rotation * values @ rotation.T
    raw = {
        "hessian": (hessian + hessian.T) / 2,
        "k": 5,
        "gradient": rotation[:, :10].sum(axis=1),
        "noise_variance": 1,
    }
    state = state_from(raw)
    assert "relative error" in state.warnings[0]
    assert not state.exact


def test_run_may_start_at_the_minimum_with_noise(tmp_path: Path) -> None:
    """SA-13 b: no alignment at t = 0, one from t = 1 on."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(RUN | {"initial_gradient": [0, 0, 0]}))
    run = read_run(path)
    assert isinstance(run, Run)
    assert trajectory(run).alignment[0] == (0, None)
    assert run_from(RUN).steps == 10


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.sampled_from(["1/3", "0.1", "-2", "1e5", "x", ""])
)
values = (
    scalars | st.lists(scalars, max_size=3) | st.lists(st.lists(scalars, max_size=3), max_size=3)
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*GOOD, "hessian", "noise_covariance", "x"]), values))
def test_anything_else_is_an_answer_or_one_line(changes: dict[str, Any]) -> None:
    """Random edits of a good state never end in another exception."""
    raw = {key: value for key, value in (GOOD | changes).items() if value is not None}
    if "hessian" in changes:
        raw.pop("eigenvalues", None)
    refusal = ""
    try:
        json.dumps(analyse(raw).to_json(), allow_nan=False)
    except InputError as error:
        refusal = str(error)
    assert "\n" not in refusal


def forms() -> list[Callable[[], Any]]:
    """Extreme but valid states; each must give finite JSON."""
    return [
        lambda: analyse(GOOD | {"gradient": [1e-200, 1e-200, 1e-200]}),
        lambda: analyse(GOOD | {"gradient": [1e200, 1e-200, 1e-200]}),
        lambda: analyse(GOOD | {"gradient": ["1e400", 1, 1]}),
        lambda: analyse(GOOD | {"step_size": 1e300, "noise_variance": 1e300}),
        lambda: analyse(GOOD | {"eigenvalues": [1e300, 1e-300, 1e-310]}),
        lambda: trajectory(RUN | {"step_size": 1e300}),
        lambda: trajectory(RUN | {"eigenvalues": [1e300, 1e-300, 1e-310], "steps": 10**6}),
    ]


@pytest.mark.parametrize("number", range(len(forms())))
def test_extreme_states_give_finite_json(number: int) -> None:
    """Numbers beyond doubles are written as strings, never as Infinity or NaN."""
    json.dumps(forms()[number]().to_json(), allow_nan=False)
