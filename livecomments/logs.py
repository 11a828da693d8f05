"""What the log leaves out. Sync, pure."""

import logging

# Django's loggers of requests that it refuses with 400, one for each reason.
REFUSED = "django.security."
# The channel layer loses its connection with each restart of Redis; the hub repairs what it missed.
CHANNEL_LAYER = "channels_redis."


class OneLine(logging.Filter):
    """Drops tracebacks that say nothing about our code: of a client's mistake, or of an outage.

    The line stays. A name that ALLOWED_HOSTS lacks looks like a request for somebody else.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, as one line where it is one of these."""
        if record.name.startswith(CHANNEL_LAYER) and record.exc_info:
            record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]!r}", ()
        if record.name.startswith((REFUSED, CHANNEL_LAYER)):
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
