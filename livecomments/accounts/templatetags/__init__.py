"""What the pages of the site ask of the admin."""
