"""People: accounts, sign-up and sign-in, API tokens."""
