"""A chat room in Channels as introductions to it teach: every socket is a member of the group."""
