"""Other people's models, data and optimisers as models of the theory (optional extras)."""

from __future__ import annotations

import importlib.util

from verify.errors import InputError


def require_torch() -> None:
    """Raise InputError, saying what to install, when PyTorch is missing."""
    if importlib.util.find_spec("torch") is None:
        raise InputError('this needs PyTorch, which is not installed: pip install -e ".[torch]"')
