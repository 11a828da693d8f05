"""The base of everything on the wire. Sync, pure."""

import msgspec


class Message(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """Base of everything on the wire. Fields at their default are left out."""
