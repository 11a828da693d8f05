"""Who is at home in a room, whatever their account is. Sync, pure; one `Presence` a room.

In a room that is young, or on its first evening, nobody has standing yet, and a catchphrase of its
own people has every sign of a raid but one: they were here before, and spoke of other things. Who
has said three different things, each a minute or more after the one before it, the first of them
five minutes ago, is at home. A raid may say hello first; to be at home each of its accounts must
take part in the room for minutes, and what is caught does not count.

Being at home counts in waves of near-copies alone. Links and the model ask for standing.
"""

from collections import OrderedDict

SINCE_SECONDS = 300.0
COMMENTS_FROM = 3
APART_SECONDS = 60.0
PEOPLE_REMEMBERED = 20_000


class Presence:
    """The people without standing who spoke in a room lately."""

    def __init__(self) -> None:
        # When they first spoke, when what counted last was said, its hash, and how many counted;
        # the longest silent first.
        self._people: OrderedDict[int | str, tuple[float, float, int, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._people)

    def meet(self, author: int | str, text: str, now: float) -> None:
        """Takes in what somebody said and nobody caught. `now` in seconds, monotonic."""
        said = hash(text)
        found = self._people.get(author)
        if found is None:
            self._people[author] = (now, now, said, 1)
            if len(self._people) > PEOPLE_REMEMBERED:
                self._people.popitem(last=False)
            return
        first, counted_at, before, count = found
        if count < COMMENTS_FROM and now - counted_at >= APART_SECONDS and said != before:
            self._people[author] = (first, now, said, count + 1)
        self._people.move_to_end(author)

    def is_at_home(self, author: int | str, now: float) -> bool:
        """True for whoever took part in the room before."""
        found = self._people.get(author)
        return found is not None and found[3] >= COMMENTS_FROM and now - found[0] >= SINCE_SECONDS
