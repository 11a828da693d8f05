"""The room: stream, moderators, modes, sanctions, audit, presence."""
