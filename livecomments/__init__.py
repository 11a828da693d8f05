"""Live comments for live video: the kernel, the shell and nothing between (see docs)."""
