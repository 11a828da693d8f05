"""What may be said: the rules on text, cheapest first."""
