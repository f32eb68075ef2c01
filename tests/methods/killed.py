"""A training that is killed."""


class Killed(Exception):
    """Raised by a log in the place of a signal."""
