"""Made-up texts of a garden forum, and adverts of gnomes, for tests of the model."""

from random import Random

from comments.spam.corpus import Sample

_ADVERTS = (
    "buy {a} gnomes at my shop, {b} prices, visit {c}.example.com",
    "hey everyone follow my {a} page for free {b} seeds",
    "get {a} gnomes for free, just click on my profile {b}",
    "I sell {a} pots, cheap and {b}, write to me now",
    "win a {a} lawn mower today, visit my {b} site",
)
_TALK = (
    "my {a} roses did not like the {b} winter at all",
    "what a {a} evening, the {b} light is so nice",
    "does anybody know why {a} tulips turn {b} in spring",
    "that {a} hedge was {b} last year already",
    "the second {a} garden was the best, so {b}",
    "I planted {a} beans and {b} peas with my aunt",
)
_FILLERS = (
    *("red", "blue", "tiny", "huge", "old", "new", "lovely"),
    *("strange", "golden", "quiet", "early", "late", "warm", "cold"),
)


def samples(count=60, seed=1):
    """So many adverts and so many others, in turn, the same for the same seed."""
    chance = Random(seed)
    found = []
    for number in range(count):
        for spam, forms in ((True, _ADVERTS), (False, _TALK)):
            words = {name: chance.choice(_FILLERS) for name in "abc"}
            text = chance.choice(forms).format(**words)
            found.append(Sample(f"{text} {chance.choice(_FILLERS)}", spam, f"part {number % 3}"))
    return found
