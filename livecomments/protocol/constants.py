"""Limits, roles, error codes and close codes of the wire protocol. Sync, pure."""

from enum import IntEnum, StrEnum

PROTOCOL_VERSION = 1

# --- limits that both ends must know (docs/PROTOCOL.md, "Limits") -----------------------------

COMMENT_MAX_GRAPHEMES = 200
COMMENT_COUNTER_FROM_GRAPHEMES = 150  # the page starts to show a counter here
# One grapheme may be many code points (family emoji, stacked marks): a second, cruder bound.
COMMENT_MAX_CODEPOINTS = 1_600
CLIENT_MESSAGE_MAX_BYTES = 8_192
NONCE_MAX_LENGTH = 64
NONCE_KEPT_SECONDS = 600
CLIENT_GIVES_UP_SECONDS = 300  # half of what the server remembers, so a late retry is still known
HOLD_SECONDS = 300  # what nobody has decided on by then is refused
HEARTBEAT_SECONDS = 30
RECONNECT_MIN_MS = 500
RECONNECT_MAX_MS = 30_000
RECENT_COMMENTS = 50
REACTIONS_PER_MESSAGE = 10
HELLO_TIMEOUT_SECONDS = 10
UNACKED_POSTS_PER_SOCKET = 20
BACKFILL_ITEMS_PER_MESSAGE = 250
BACKFILL_MAX_ITEMS = 20_000
# How many comments a second a room shows its viewers: about what a person can read.
PACE_DEFAULT_PER_SECOND = 20
PACE_MIN_PER_SECOND = 5  # 0 switches pacing off
PACE_MAX_PER_SECOND = 1_000
SLOW_MODE_DEFAULT_SECONDS = 30
SLOW_MODE_MAX_SECONDS = 300
ACCOUNT_AGE_MAX_MINUTES = 129_600
TIMEOUT_MIN_SECONDS = 10
TIMEOUT_MAX_SECONDS = 14 * 24 * 60 * 60
REASON_MAX_LENGTH = 300
RAID_SECONDS = 600  # that raid mode holds, after the last sign or by hand
RAID_MAX_SECONDS = 3_600
RAID_SLOW_SECONDS = 10  # slow mode is at least this while raid mode holds
DELAY_MAX_SECONDS = 6  # that a comment is shown to staff before it is to viewers
ANNOUNCEMENT_MIN_SECONDS = 10
ANNOUNCEMENT_MAX_SECONDS = 24 * 60 * 60


class Audience(StrEnum):
    """Who a frame log is written for; each audience of a stream has its own `seq`."""

    PUBLIC = "public"
    STAFF = "staff"


class Role(StrEnum):
    """What a person is in one stream; set by the server, carried by the ticket."""

    VIEWER = "viewer"
    MODERATOR = "moderator"
    MANAGER = "manager"  # a managing moderator: also modes, rules and appeals
    BROADCASTER = "broadcaster"
    ADMIN = "admin"


STAFF_ROLES = frozenset({Role.MODERATOR, Role.MANAGER, Role.BROADCASTER, Role.ADMIN})


class ReactionKind(StrEnum):
    LIKE = "like"
    LOVE = "love"
    HAHA = "haha"
    WOW = "wow"
    SAD = "sad"
    ANGRY = "angry"


class StreamStatus(StrEnum):
    SCHEDULED = "scheduled"
    LIVE = "live"
    ENDED = "ended"


class SanctionKind(StrEnum):
    TIMEOUT = "timeout"
    BAN = "ban"


class LinksMode(StrEnum):
    """What becomes of links; staff may always post them."""

    ALLOW = "allow"
    HOLD = "hold"  # from people without standing they wait for a moderator
    BLOCK = "block"  # from people without standing they are refused
    LISTED = "listed"  # refused from everybody, but for the hosts on the room's list


class ReportReason(StrEnum):
    """Why a viewer reports a comment."""

    SPAM = "spam"
    HARASSMENT = "harassment"
    HATE = "hate"
    VIOLENCE = "violence"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"
    PERSONAL_DATA = "personal_data"
    OTHER = "other"


class ErrorCode(StrEnum):
    """Stable reasons for a refusal, shared by socket and REST. Never renamed, only added to."""

    # what was sent cannot be understood
    BAD_MESSAGE = "bad_message"
    UNKNOWN_TYPE = "unknown_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    HELLO_EXPECTED = "hello_expected"
    ALREADY_JOINED = "already_joined"
    NOT_FOUND = "not_found"
    UNKNOWN_STREAM = "unknown_stream"
    UNKNOWN_COMMENT = "unknown_comment"
    # who is asking
    SIGN_IN_REQUIRED = "sign_in_required"
    TICKET_INVALID = "ticket_invalid"
    TICKET_EXPIRED = "ticket_expired"
    TICKET_REVOKED = "ticket_revoked"
    FORBIDDEN = "forbidden"
    TIMED_OUT = "timed_out"
    BANNED = "banned"
    ACCOUNT_TOO_NEW = "account_too_new"
    PROTECTED = "protected"
    CONFLICT = "conflict"
    # the state of the room
    ROOM_CLOSED = "room_closed"
    STREAM_NOT_LIVE = "stream_not_live"
    SLOW_MODE = "slow_mode"
    # the text
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    LINKS_NOT_ALLOWED = "links_not_allowed"
    RULE_BROKEN = "rule_broken"
    IDENTICAL_TEXT = "identical_text"
    # how much, how fast
    RATE_LIMITED = "rate_limited"
    ADDRESS_LIMITED = "address_limited"
    STREAM_LIMITED = "stream_limited"
    TOO_MANY_PENDING = "too_many_pending"
    NONCE_REUSED = "nonce_reused"
    # what the sender cannot help
    BUSY = "busy"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


class CloseCode(IntEnum):
    """Why the server closed a socket. 4000-4099: come back. 4100-4199: do not."""

    GOING_AWAY = 4000  # drain; `bye` said when to come back
    TOO_SLOW = 4001  # the reader fell behind its buffer; resume will catch it up
    SERVER_BUSY = 4002  # this process holds as many sockets as it may
    HELLO_TIMEOUT = 4003
    ABUSE = 4100  # too many malformed messages
    UNSUPPORTED_VERSION = 4101
    UNKNOWN_STREAM = 4102
    TOO_MANY_SOCKETS = 4103  # of one address or person

    @property
    def retry(self) -> bool:
        """True when a client should reconnect by itself."""
        return self < 4100
