"""A log of one stream, as the batcher hands it to the archive."""

from livecomments import events, ids
from streams import archive

START = 30 * 24 * 60 * 60 * 1000  # log milliseconds


class Log:
    """Entries of one stream, a second apart."""

    def __init__(self, stream):
        self.stream, self.entries = stream, []

    def add(self, body, kind=None, *, stream=None):
        number = len(self.entries)
        entry_id = ids.make_id(START + 1_000 * number, 0, number)
        stream_id = (stream or self.stream).pk
        entry = events.Entry(entry_id, stream_id, kind or events.kind_of(body), body)
        self.entries.append(entry)
        return entry

    def store(self):
        archive.store(self.entries)
