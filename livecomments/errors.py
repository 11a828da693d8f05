"""The one error that domain code raises for a refusal. Sync, no I/O.

Every entry point translates it in one place: the consumer into an `error` message, the REST API
into problem details, the admin into a message for the moderator.
"""

from livecomments.protocol import ErrorCode


class DomainError(Exception):
    """A refusal with a stable code and, where waiting helps, how long to wait in milliseconds."""

    def __init__(
        self, code: ErrorCode, message: str = "", *, retry_after_ms: int | None = None
    ) -> None:
        self.code = code
        self.message = message or SENTENCES[code]
        self.retry_after_ms = retry_after_ms
        super().__init__(f"{code}: {self.message}")


SENTENCES: dict[ErrorCode, str] = {
    ErrorCode.BAD_MESSAGE: "The message is not valid.",
    ErrorCode.UNKNOWN_TYPE: "There is no message of this type.",
    ErrorCode.UNSUPPORTED_VERSION: "This version of the protocol is not spoken here.",
    ErrorCode.HELLO_EXPECTED: "Say hello first.",
    ErrorCode.ALREADY_JOINED: "This socket has already joined a stream.",
    ErrorCode.NOT_FOUND: "There is nothing here by that name.",
    ErrorCode.UNKNOWN_STREAM: "There is no such stream.",
    ErrorCode.UNKNOWN_COMMENT: "There is no such comment in this stream.",
    ErrorCode.SIGN_IN_REQUIRED: "Sign in to take part.",
    ErrorCode.TICKET_INVALID: "The ticket is not valid.",
    ErrorCode.TICKET_EXPIRED: "The ticket has expired.",
    ErrorCode.TICKET_REVOKED: "The ticket was revoked; ask for a new one.",
    ErrorCode.FORBIDDEN: "You may not do that.",
    ErrorCode.TIMED_OUT: "A moderator has timed you out.",
    ErrorCode.BANNED: "You are banned from this stream.",
    ErrorCode.ACCOUNT_TOO_NEW: "Your account is too new to comment in this stream.",
    ErrorCode.PROTECTED: "This person cannot be sanctioned by you.",
    ErrorCode.CONFLICT: "Somebody else has just done that.",
    ErrorCode.ROOM_CLOSED: "Comments are closed.",
    ErrorCode.STREAM_NOT_LIVE: "The stream is not live.",
    ErrorCode.SLOW_MODE: "Slow mode is on.",
    ErrorCode.EMPTY: "The text is empty.",
    ErrorCode.TOO_LONG: "The text is too long.",
    ErrorCode.NOT_TEXT: "The text contains characters that are not allowed.",
    ErrorCode.LINKS_NOT_ALLOWED: "Links are not allowed in this room at the moment.",
    ErrorCode.RULE_BROKEN: "A rule of this room does not allow that.",
    ErrorCode.IDENTICAL_TEXT: "You have just said the same.",
    ErrorCode.RATE_LIMITED: "You are sending too fast.",
    ErrorCode.ADDRESS_LIMITED: "Too much is being sent from your network.",
    ErrorCode.STREAM_LIMITED: "The stream takes no more comments this second.",
    ErrorCode.TOO_MANY_PENDING: "Wait until your last comments are confirmed.",
    ErrorCode.NONCE_REUSED: "This nonce was used for another comment.",
    ErrorCode.BUSY: "The service is busy; try again.",
    ErrorCode.UNAVAILABLE: "This is not available at the moment.",
    ErrorCode.INTERNAL: "Something went wrong on our side.",
}
