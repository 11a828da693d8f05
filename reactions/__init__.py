"""How it feels: reaction tally, totals, timeline."""
