"""What waits for a person to decide: held and reported comments, and appeals."""
