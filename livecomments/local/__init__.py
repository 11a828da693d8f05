"""Everything on one machine from one command: embedded servers and their supervisor. Sync.

`python -m livecomments.local` (that is `make run`) starts PostgreSQL and Valkey from their wheels,
migrates, seeds the demo, starts batcher, web processes and crowd, and restarts whatever dies. The
tests start the same servers through the same classes. See "On one machine" in
docs/ARCHITECTURE.md.
"""
