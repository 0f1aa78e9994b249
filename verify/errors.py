"""The one exception that means "the user's input is wrong": a clear line and exit code 2."""


class InputError(ValueError):
    """Bad input, told in one line: what is wrong, where, and what to try.

    Raised by every reader and checked argument; the command line prints it and exits with 2.
    """
