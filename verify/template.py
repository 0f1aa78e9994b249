"""The file a new claim starts from: complete, true, and made to be changed."""

from __future__ import annotations

import re
from pathlib import Path

from theory import registry
from verify import setting_template
from verify.errors import InputError
from verify.files import check_writable, write_atomically

ID = re.compile(r"([A-Z]{2})-([1-9]\d{0,2})")
SLUG = re.compile(r"[a-z][a-z0-9_]{0,40}")

TEMPLATE = '''"""{title}: say the theorem here in one English sentence."""

from sympy import Eq

from theory.claim import Claim, Domain
from theory.steps import Certified
from theory.vocabulary import B, D, a, a_next, eta, lambda_k, lambda_k1, q

claim = Claim(
    id="{claim_id}",
    title="{title}",
    source="where it comes from (paper and place, or: our formalisation)",
    functional="ratio of expectations",
    # Every assumption is tested: dropping it must break the claim, or the reason why the claim
    # holds without it belongs in `implied`: implied={{"step": "nothing depends on it"}}.
    assumptions={{
        "gap": lambda_k > lambda_k1,
        "dominant": D > 0,
        "bulk": B > 0,
        "step": eta > 0,
        "high": q <= 0,
    }},
    # The words are listed by `gradalign list --words`.
    conclusion={{"alignment falls": a_next < a}},
    # Each step follows from the facts it names; `python -m verify.prove {claim_id}` finds the
    # certificates.
    derivation=(
        Certified(
            "no step raises it",
            a_next < a,
            given=("dominant", "bulk", "step", "high"),
            by=("SA-1/dominant energy", "SA-1/bulk energy", "SA-2/p", "SA-2/next energy"),
        ),
    ),
    # Wrong versions; `python -m verify.refute {claim_id}` stores a small model against each.
    mutants={{
        "alignment rises": a_next > a,
        "alignment stays": Eq(a_next, a),
        "alignment halves": a_next < a / 2,
    }},
    owes=("symbolic", "certified", "property"),
    domain=Domain(),
)
'''


def write_claim(
    claim_id: str, slug: str, folder: Path | None = None, setting: bool = False
) -> tuple[Path, ...]:
    """Write the template of a claim, never over another file, and return what was written.

    With `setting`, it is about a small model of its own, whose words a second file gives a meaning.
    Raises InputError.
    """
    match = ID.fullmatch(claim_id)
    if match is None:
        raise InputError(f"{claim_id!r} is not an id: use two capitals and a number, such as SA-21")
    if SLUG.fullmatch(slug) is None:
        raise InputError(
            f"{slug!r} is not a slug: use lower-case words joined by _, such as my_bound"
        )
    prefix, number = match.groups()
    package = registry.PREFIXES.get(prefix)
    if package is None:
        raise InputError(f"no paper has the prefix {prefix!r}; there are {list(registry.PREFIXES)}")
    if claim_id in registry.files():
        raise InputError(
            f"{claim_id} exists: {registry.files()[claim_id][1].name}; choose another number"
        )
    if setting and folder is not None:
        raise InputError("--setting writes two files, each in the paper's folder; leave --in out")
    name = f"{prefix.lower()}{int(number):02d}_{slug}.py"
    theory = (folder or Path(registry.__file__).parent / package) / name
    texts = {theory: filled(TEMPLATE, claim_id, slug)}
    if setting:
        verify = Path(__file__).parent / package / name
        texts = {
            theory: filled(setting_template.THEORY, claim_id, slug, f"verify/{package}/{name}"),
            verify: filled(setting_template.VERIFY, claim_id, slug),
        }
    for file in texts:
        if not file.parent.is_dir():
            raise InputError(f"there is no folder {file.parent}; create it first")
        if file.exists():
            raise InputError(f"{file} exists; choose another slug")
        check_writable(file)
    for file, text in texts.items():
        write_atomically(file, text)
    registry.files.cache_clear()
    return tuple(texts)


def filled(template: str, claim_id: str, slug: str, verify_file: str = "") -> str:
    """A template with the id, the title and the words of a claim."""
    name = slug.replace("_", " ")
    return template.format(
        claim_id=claim_id, title=name.capitalize(), name=name, slug=slug, verify_file=verify_file
    )
