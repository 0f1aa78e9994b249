"""TS-21P speaks of the literal SAM step: its meaning is imported here."""

from verify.tiny_subspaces import words_sam  # noqa: F401
