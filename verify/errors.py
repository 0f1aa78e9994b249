"""What a person did that ends a command early: wrong input, or Ctrl-C."""

from typing import Any


class InputError(ValueError):
    """Bad input, told in one line: what is wrong, where, and what to try.

    Raised by every reader and checked argument; the command line prints it and exits with 2.
    """


class Stopped(KeyboardInterrupt):
    """Ctrl-C during a long computation; `finished` is what was finished before."""

    def __init__(self, finished: Any) -> None:
        super().__init__("stopped by the user")
        self.finished = finished


class Interrupted(Exception):
    """A command stopped by Ctrl-C, told in one line: what is finished and where it is.

    The command line prints it and exits with 130.
    """
