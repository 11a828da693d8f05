"""The one exception that a start may end with. Sync."""


class LocalProblem(Exception):
    """Why the product cannot run here, as one sentence for the person at the terminal."""


class StopRequested(Exception):
    """Somebody pressed Ctrl-C, or a signal asked for the end, while the start was under way."""
