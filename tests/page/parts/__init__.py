"""What is measured: a part each, `async run(bench)` returns what it found."""
