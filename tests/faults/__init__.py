"""Real faults under load, and the checker that says whether the promise held."""
