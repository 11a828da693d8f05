"""The dry run: what rules would have done to what was said lately."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Status
from comments.spam import dryrun
from comments.spam.dryrun import dry_run
from comments.spam.modelfile import ModelFile
from comments.spam.rules import DEFAULTS, BadRules, Rules, Word
from comments.spam.verdict import RULES, Action, Reason
from livecomments import ids
from livecomments.accounts.models import Standing
from livecomments.protocol import LinksMode, Role
from tests.factories import CommentFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db
MESSAGE = "come and see the garden gnomes next door"
LINK = "see a.example.com/x"


@pytest.fixture
def stream():
    return StreamFactory()


@pytest.fixture(autouse=True)
def no_model(monkeypatch, tmp_path):
    file = ModelFile(tmp_path / "model.json")
    monkeypatch.setattr(dryrun, "model_file", lambda: file)


def said(stream, text, second=0, **fields):
    """A comment of the archive, so many seconds after the first."""
    number = ids.make_id(1_000_000_000 + 1_000 * second, stream.partition, 0)
    return CommentFactory(pk=number, stream=stream, text=text, **fields)


def outcomes(run):
    return {(one.reason, one.action): one.count for one in run.outcomes}


def test_nothing_said_is_nothing_found(stream):
    run = dry_run(stream.pk, DEFAULTS)
    assert (run.comments, run.outcomes, run.found) == (0, [], 0)


def test_what_each_layer_finds_is_counted_with_examples(stream):
    rules = Rules(
        words=(Word("gnome", "block"), Word("pond", "hold"), Word("weed", "mask")),
        links_new="flag",
    )
    texts = ["a pond", "my gnome", "two ponds, one pond", "a weed", LINK, "a rose", "pond"]
    for second, text in enumerate(texts):
        said(stream, text, second)

    run = dry_run(stream.pk, rules)

    assert run.comments == 7
    assert outcomes(run) == {
        (Reason.WORDS, Action.BLOCK): 1,
        (Reason.WORDS, Action.HOLD): 3,
        (Reason.LINKS, Action.FLAG): 1,
        (Reason.WORDS, Action.ALLOW): 1,
    }
    assert [one.action for one in run.outcomes] == sorted(
        (one.action for one in run.outcomes), reverse=True
    )
    held = run.outcomes[1]
    assert held.details == {"pond": 3}
    assert [example.text for example in held.examples] == ["a pond", texts[2], "pond"]
    masked = run.outcomes[-1].examples[0]
    assert (masked.shown_as, masked.detail) == ("a ••••", "weed")
    assert run.outcomes[0].rule == RULES[Reason.WORDS]
    assert run.found == 6


def test_comments_are_judged_in_their_order_at_their_own_times(stream):
    for second in range(6):
        said(stream, MESSAGE, second)
    assert outcomes(dry_run(stream.pk, DEFAULTS)) == {(Reason.COPIES, Action.HOLD): 2}

    slow = StreamFactory()
    for number in range(6):
        said(slow, MESSAGE, 1_000 + 100 * number)
    assert outcomes(dry_run(slow.pk, DEFAULTS)) == {}


def test_standing_age_and_staff_are_those_of_each_author(stream):
    old = timezone.now() - timedelta(days=20_000)
    known = UserFactory(standing=Standing.KNOWN, date_joined=old)
    said(stream, LINK, 0, author=known)
    said(stream, LINK, 1, author=UserFactory(date_joined=old))
    said(stream, LINK, 2, author_role=Role.MODERATOR.value)

    assert outcomes(dry_run(stream.pk, DEFAULTS)) == {(Reason.LINKS, Action.HOLD): 1}
    assert outcomes(dry_run(stream.pk, DEFAULTS, links=LinksMode.LISTED)) == {
        (Reason.LINKS, Action.BLOCK): 2
    }
    assert outcomes(dry_run(stream.pk, DEFAULTS, links=LinksMode.ALLOW)) == {}


def test_only_the_last_comments_of_this_stream_are_looked_at(stream, monkeypatch):
    monkeypatch.setattr(dryrun, "COMMENTS", 3)
    monkeypatch.setattr(dryrun, "EXAMPLES", 2)
    for second in range(5):
        said(stream, f"{LINK}{second}", second, status=Status.HIDDEN if second % 2 else 0)
    said(StreamFactory(), LINK, 9)

    run = dry_run(stream.pk, DEFAULTS)

    assert (run.comments, run.found) == (3, 3)
    assert [example.text for example in run.outcomes[0].examples] == [f"{LINK}3", f"{LINK}4"]


def test_one_query_however_much_was_said(stream, django_assert_num_queries):
    for second in range(30):
        said(stream, LINK, second)
    with django_assert_num_queries(1):
        assert dry_run(stream.pk, DEFAULTS).found == 30


def test_rules_that_no_room_can_work_with_are_refused(stream):
    with pytest.raises(BadRules):
        dry_run(stream.pk, Rules(words=(Word("x", "hold"),)))
