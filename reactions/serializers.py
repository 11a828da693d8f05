"""What the REST API takes and says about reactions. Sync, pure."""

import msgspec

from livecomments.protocol import ReactionKind


class ReactionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Presses of one kind."""

    kind: ReactionKind
    count: int = 1


class ReactionTotals(msgspec.Struct, frozen=True):
    """How often each kind was pressed since the stream began."""

    totals: dict[str, int]
