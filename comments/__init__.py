"""What is said: comments, holds, admission, archive."""
