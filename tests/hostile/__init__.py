"""What hostile clients do, and whether it costs anybody but them. See docs/CONFORMANCE.md."""
