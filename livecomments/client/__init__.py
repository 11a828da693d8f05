"""A client of our own socket: for replays, the demo's crowd and the tests. Async."""
