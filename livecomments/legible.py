"""What people write to each other beside comments, as text that can be kept. Sync, pure."""

# Postgres takes no NUL in a text, and nobody can read the others.
_CONTROLS = {code: " " for code in (*range(32), 127) if chr(code) != "\n"}


def legible(text: str) -> str:
    """Return the text with nothing in it but text and line breaks."""
    return text.replace("\r\n", "\n").translate(_CONTROLS).strip()
