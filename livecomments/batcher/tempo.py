"""How often a stream is flushed: 100 ms, or less often while somebody cannot keep up. Sync, pure.

A frame costs every web process one write per viewer, so a stream with very many viewers, or a busy
machine, is better served by fewer and larger frames. What is measured is how long a frame needs to
reach everybody; the tick is lengthened when that takes longer than the tick itself, and shortened
again when it has been well below the shorter one for a while (docs/DECISIONS.md, "Adaptive tick").
"""

TICKS_SECONDS = (0.1, 0.2, 0.5)
# Of the present tick. A little beyond it, whoever is behind gets two frames in one write, so
# nothing queues up; further on, fewer and larger frames are cheaper for everybody.
LENGTHEN_FROM = 1.25
SHORTEN_BELOW = 0.85  # of the shorter tick: some way from where it would be lengthened again
CALM_SECONDS = 10.0  # how long it must stay there, so that the tick does not flap


class Tempo:
    """The tick of one stream."""

    def __init__(self) -> None:
        self._level = 0
        self._calm_since: float | None = None

    @property
    def tick_seconds(self) -> float:
        """How long the stream holds off after a flush."""
        return TICKS_SECONDS[self._level]

    def next_flush(self, due: float, now: float) -> float:
        """Return when the stream may be flushed again, having been due at `due` and flushed now.

        A flush that comes a little late does not delay the next one: ten a second are ten.
        """
        late = now - due
        return (due if late < self.tick_seconds / 2 else now) + self.tick_seconds

    def observe(self, lag_seconds: float, now: float) -> None:
        """Take how long frames lately needed to reach everybody; `now` is any steady clock."""
        if lag_seconds > LENGTHEN_FROM * self.tick_seconds:
            self._level = min(self._level + 1, len(TICKS_SECONDS) - 1)
            self._calm_since = None
        elif self._level and lag_seconds < SHORTEN_BELOW * TICKS_SECONDS[self._level - 1]:
            if self._calm_since is None:
                self._calm_since = now
            elif now - self._calm_since >= CALM_SECONDS:
                self._level -= 1
                self._calm_since = None
        else:
            self._calm_since = None
