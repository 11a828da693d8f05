"""The parts of the suite, one module each; `tests.load.suite` lists them."""
