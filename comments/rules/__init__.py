"""The rules of a room about spam: changing them, their pages, and how well each does."""
