"""What the demo is made of: people, streams, and what was said in one that has ended. Sync, pure.

All of it is made up. `manage.py seed_demo` writes it.
"""

from dataclasses import dataclass
from datetime import timedelta

from livecomments.protocol import StreamStatus


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in with `username`."""

    username: str
    display_name: str
    is_administrator: bool = False


@dataclass(frozen=True, slots=True)
class DemoStream:
    """A stream whose times are relative to the moment of seeding."""

    slug: str
    title: str
    description: str
    status: StreamStatus
    scheduled_in: timedelta | None = None
    started_ago: timedelta | None = None
    lasted: timedelta | None = None


BROADCASTER = DemoPerson("broadcaster", "Tamsin Reed")
MODERATOR = DemoPerson("moderator", "Jonas Vale")
VIEWER = DemoPerson("viewer", "Pia Lund")
ADMINISTRATOR = DemoPerson("administrator", "Ines Marlow", is_administrator=True)
ACCOUNTS = (BROADCASTER, MODERATOR, VIEWER, ADMINISTRATOR)

LIVE = DemoStream(
    slug="harbour-lights",
    title="Harbour lights: the evening boats come in",
    description="The quay from dusk until the last ferry. Ask Tamsin anything about knots.",
    status=StreamStatus.LIVE,
    started_ago=timedelta(minutes=12),
)
SCHEDULED = DemoStream(
    slug="night-garden",
    title="The night garden opens",
    description="Moths, moonflowers and a very slow pan across the pond.",
    status=StreamStatus.SCHEDULED,
    scheduled_in=timedelta(days=1),
)
ENDED = DemoStream(
    slug="tide-mill",
    title="Inside the tide mill",
    description="The wheel turns twice a day. We climbed up to see what it moves.",
    status=StreamStatus.ENDED,
    started_ago=timedelta(hours=26),
    lasted=timedelta(minutes=50),
)
STREAMS = (LIVE, SCHEDULED, ENDED)

# Who spoke in the stream that has ended; none of them can sign in.
AUDIENCE = (
    "Odile",
    "brackish_ben",
    "Kasimir",
    "Wren & Co",
    "Lotte van D",
    "fenland_phil",
    "Mattis",
    "Yuki",
    "sluicegate",
    "Dagny",
    "Ravi P",
    "mossy_mo",
)

# Speaker and text. A speaker that is a number is one of AUDIENCE.
TALK: tuple[tuple[int | DemoPerson, str], ...] = (
    (BROADCASTER, "Good evening! Mind the third step, it is wet."),
    (0, "Hello from a very rainy balcony"),
    (3, "Is that the original door?"),
    (BROADCASTER, "The hinges are. The door is from the sixties, somebody's shed."),
    (1, "love the sound already"),
    (7, "こんばんは! Good morning from here"),
    (5, "That is an undershot wheel if I am not mistaken"),
    (9, "How many teeth does the big gear have?"),
    (BROADCASTER, "Ninety-six. We count them every spring."),
    (5, "every spring?? why"),
    (BROADCASTER, "They are hornbeam. Some of them leave."),
    (2, "😂 some of them leave"),
    (8, "my name finally makes sense in a chat"),
    (10, "What happens at neap tide?"),
    (BROADCASTER, "Tea."),
    (11, "tea 👏"),
    (4, "Prachtig licht daar binnen"),
    (6, "can we see the millpond?"),
    (MODERATOR, "Welcome, everyone. Questions get picked up on the hour and the half hour."),
    (0, "The dust in that beam of light is a film by itself"),
    (1, "what was that bang"),
    (BROADCASTER, "That was the sack hoist. It always does that."),
    (9, "it ALWAYS does that"),
    (3, "Is it true that the miller had to sleep by the tide table?"),
    (BROADCASTER, "There is the bed. Twelve hours and twenty-five minutes, then up again."),
    (7, "poor miller"),
    (2, "I would last a week"),
    (5, "I would last a tide"),
    (10, "underrated comment, Phil"),
    (4, "Mijn opa had zo'n molensteen in de tuin"),
    (8, "how old are the stones?"),
    (BROADCASTER, "French burr, about 1830. They came as ballast."),
    (11, "came as ballast. incredible"),
    (6, "🎡🌊"),
    (1, "look at that spider"),
    (0, "The spider has been here since 1830 as well"),
    (9, "employee of the month"),
    (3, "Does it still grind anything?"),
    (BROADCASTER, "Oats on Saturdays. You can hear the difference between dry and damp."),
    (2, "What does damp sound like?"),
    (BROADCASTER, "Like somebody walking on wet sand, upstairs."),
    (7, "that is beautiful"),
    (5, "and slightly terrifying"),
    (10, "upstairs!!"),
    (MODERATOR, "Next stop is the sluice. Sound may drop for a minute."),
    (8, "MY MOMENT"),
    (4, "haha"),
    (11, "sluicegate fan club assemble"),
    (6, "who opens it?"),
    (BROADCASTER, "The tide does. It is a flap; we only close it."),
    (0, "So simple. Why did I expect a button"),
    (1, "a big red button"),
    (9, "the water is so clear"),
    (3, "Fish!"),
    (2, "Where"),
    (3, "Left, by the post"),
    (7, "🐟"),
    (5, "Thank you, this was the calmest hour of my week"),
    (10, "Same. See you at the harbour tomorrow?"),
    (BROADCASTER, "Tomorrow, when the boats come in. Good night, all of you."),
)

REACTIONS = {"like": 412, "love": 268, "haha": 131, "wow": 187, "sad": 4, "angry": 1}
