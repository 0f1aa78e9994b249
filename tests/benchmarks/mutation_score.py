"""How many small changes of a module its tests notice: `mutation_score.py MODULE TESTS...`

mutmut makes the mutants; each is run in a forked process that has imported everything, by the
tests, until the first failure. The work is done in a temporary copy of the project, without the
caches of its functions: mutmut skips what has a decorator. For example

    python tests/benchmarks/mutation_score.py theory/kernel.py tests/test_kernel.py

With `--derivations`, the derivations of these claims must close as well, as `gradalign check` asks.
With `--anew`, each mutant is active before anything is imported: slower by the time that imports
take, and it notices what goes wrong in a function that is called when a module is imported.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test

ROOT = Path(__file__).parent.parent.parent
CLOSES = """
import pytest

from theory import registry
from verify.checks import import_extra

@pytest.mark.parametrize("name", NAMES)
def test_the_derivation_closes(name):
    import_extra(name)
    outcomes, loose, _ = registry.derivation(name)
    assert not [outcome for outcome in outcomes if outcome.problem]
    assert set(loose) == set(registry.get(name).checked_only)
"""
OPTIONS = ["-o", "addopts=", "-n", "0", "-x", "-q", "-p", "no:cacheprovider"]
CACHE = re.compile(r"^ *@(functools\.)?(lru_)?cache(\(.*\))?\n", re.MULTILINE)
OPTIONS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("module", help="such as theory/kernel.py")
    arguments.add_argument("tests", nargs="+", help="files of tests, or options of pytest")
    arguments.add_argument("--every", type=int, default=1, help="only every n-th mutant")
    arguments.add_argument("--first", type=int, default=0, help="number of the first one")
    arguments.add_argument("--derivations", nargs="*", default=[], help="such as SA-3 TS-9")
    arguments.add_argument("--anew", action="store_true", help="import everything per mutant")
    given, options = arguments.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("theory", "verify", "tests", "docs", "pyproject.toml"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder, name))
        closes = Path(folder, "tests", "test_derivations.py")
        closes.write_text(CLOSES.replace("NAMES", repr(given.derivations)), encoding="utf-8")
        tests = [
            *given.tests,
            *(["tests/test_derivations.py"] if given.derivations else []),
            *options,
        ]
        sample = slice(given.first, None, given.every)
        measure(Path(folder), given.module, tests, sample, given.anew)


def measure(folder: Path, file: str, tests: list[str], sample: slice, anew: bool) -> None:
    """Mutate one file of the copy and print the survivors and the score."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    with open("pyproject.toml", "a", encoding="utf-8") as settings:
        settings.write('[tool.mutmut]\nsource_paths = ["theory", "verify"]\n')
    plain = CACHE.sub("", Path(file).read_text(encoding="utf-8"))
    mutated = mutate_file_contents(file, plain)
    Path(file).write_text(mutated.code, encoding="utf-8")
    module = file.removesuffix(".py").replace("/", ".")
    if run([*tests, "--collect-only"], None) or (not anew and imported(module, folder, tests)):
        sys.exit("the tests cannot be collected")
    started = time.perf_counter()
    if run(tests, None):
        sys.exit("the tests fail without any mutant")
    limit = 10 + 5 * int(time.perf_counter() - started)
    names = sorted(mutated.mutant_names)[sample]
    found: Counter[str] = Counter()
    for number, name in enumerate(names):
        status = run(tests, f"{module}.{name}", limit)
        outcome = "survived" if status == 0 else "killed"
        found[outcome] += 1
        if status == 0:
            print(f"survived: {name}", flush=True)
        if number % 20 == 0:
            print(f"  {number} of {len(names)}", file=sys.stderr, flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    score = found["killed"] / max(1, found.total())
    print(f"{file}: {found['killed']} of {found.total()} mutants killed ({score:.1%}), ", end="")
    print(f"of {len(mutated.mutant_names)} in all; {used.ru_utime + used.ru_stime:.0f} s of CPU")


def imported(module: str, folder: Path, tests: list[str]) -> int:
    """Import the tests here, so that no forked process has to; run none: results are cached."""
    assert str(importlib.import_module(module).__file__).startswith(str(folder))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        kept, sys.stdout = sys.stdout, nowhere
        try:
            return int(pytest.main([*OPTIONS, "--collect-only", *tests]))
        finally:
            sys.stdout = kept


def run(tests: list[str], mutant: str | None, limit: int = 3600) -> int:
    """The exit status of the tests in a forked process, with one mutant active."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            set_mutant_under_test(mutant or "")
            status = int(pytest.main([*OPTIONS, *tests]))
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    main()
