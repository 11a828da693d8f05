"""A text as the layers see it, worked out once. Sync, pure.

A crowd repeats itself, and several layers need the same of a text. What depends on nothing but the
text is therefore kept with it, and worked out when a layer first asks: most texts are never asked
for most of it.
"""

from functools import lru_cache

from .hosts import hosts_in, names_none
from .model import Model
from .normalise import Views, views
from .sketch import is_short, is_surely_short, keys_of, letters_of, said_in

TEXTS_REMEMBERED = 4_096  # a few megabytes; the chat of some minutes


class Reading:
    """One text, its views, the hosts it names and what the model thinks of it."""

    __slots__ = ("_hosts", "_is_short", "_keys", "_letters", "_scored", "_seen", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._seen: Views | None = None
        self._hosts: tuple[str, ...] | None = None
        self._letters: str | None = None
        self._is_short: bool | None = None
        self._keys: list[str] | None = None
        self._scored: tuple[Model, float] | None = None

    @property
    def seen(self) -> Views:
        """Its two views."""
        if self._seen is None:
            self._seen = views(self.text)
        return self._seen

    @property
    def is_short(self) -> bool:
        """True when it is too little to be a message."""
        if self._is_short is None:
            self._is_short = is_surely_short(self.text) or is_short(
                said_in(self.seen), self.text, joined=self.seen.joined
            )
        return self._is_short

    @property
    def letters(self) -> str:
        """What it is compared by with other texts."""
        if self._letters is None:
            self._letters = letters_of(said_in(self.seen))
        return self._letters

    @property
    def keys(self) -> list[str]:
        """What it is found by among other texts."""
        if self._keys is None:
            self._keys = keys_of(self.letters)
        return self._keys

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it names."""
        if self._hosts is None:
            self._hosts = () if names_none(self.text) else hosts_in(self.text, self.seen)
        return self._hosts

    def score(self, model: Model) -> float:
        """What this model makes of it."""
        scored = self._scored
        if scored is None or scored[0] is not model:
            scored = self._scored = (model, model.score(self.text, self.seen))
        return scored[1]


@lru_cache(TEXTS_REMEMBERED)
def read(text: str) -> Reading:
    """Return the reading of a text, the one there is if it was read lately."""
    return Reading(text)
