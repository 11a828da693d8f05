"""What a room is like now, in the words that the desk has for it. Sync, pure."""

from livecomments.protocol import LinksMode
from livecomments.tickets import now_ms

from .models import Stream

LINKS = {
    LinksMode.ALLOW: "links shown",
    LinksMode.HOLD: "",  # as in every room
    LinksMode.BLOCK: "links from newcomers refused",
    LinksMode.LISTED: "only listed links",
}


def modes_of(stream: Stream) -> list[str]:
    """Return the modes that are on, the ones that everybody notices first."""
    raid = stream.raid_until > now_ms()
    said = [
        "panic switch on" if stream.panic else "",
        "raid mode" if raid else "",
        "comments closed" if stream.closed else "",
        "everything waits" if stream.review else "",
        "newcomers wait" if stream.standing_only else "",
        f"slow mode {stream.slow_seconds} s" if stream.slow_seconds else "",
        (
            f"accounts from {stream.min_account_age_minutes} min on"
            if stream.min_account_age_minutes
            else ""
        ),
        LINKS[LinksMode(stream.links)],
        f"delay for viewers {stream.delay} s" if stream.delay else "",
        f"{stream.pace} comments shown a second" if stream.pace else "every comment shown",
    ]
    return [one for one in said if one]
