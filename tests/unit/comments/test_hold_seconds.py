from comments import moderation
from livecomments import protocol


def test_clients_are_told_how_long_a_moderator_may_decide():
    assert protocol.HOLD_SECONDS == moderation.HOLD_SECONDS
