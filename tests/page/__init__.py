"""How fast the viewer page is, in a real browser; README.md says how it is measured."""
