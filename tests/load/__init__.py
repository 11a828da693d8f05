"""The benchmark suite: `make bench`, or `python -m tests.load`. See README.md beside this file."""
