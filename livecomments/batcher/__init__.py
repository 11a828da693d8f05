"""The batching worker: leases, the tick, publishing and the archive loop."""
