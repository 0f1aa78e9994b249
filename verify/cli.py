"""The entry point of `gradalign`: kept small, so that Ctrl-C is in order before the imports."""

from __future__ import annotations

import io
import os
import sys

from verify import interrupts

NOWHERE = os.path.join(os.devnull, "none")  # Hypothesis would leave a folder where we are called


def main() -> None:
    """Run the command line and exit; every problem is told in one line on stderr."""
    interrupts.end_at_once("interrupted before it was finished")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", NOWHERE)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8
    from verify.application import run

    try:
        interrupts.listen()
        code = run(sys.argv[1:] or ["--help"])
        interrupts.end_at_once()  # everything is told; the interpreter only tidies up
    except KeyboardInterrupt:  # just while the last line was printed
        code = interrupts.EXIT_CODE
    sys.exit(code)


if __name__ == "__main__":
    main()
