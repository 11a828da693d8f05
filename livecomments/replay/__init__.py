"""Play recorded chat through real sockets and check what every viewer was shown."""
