"""Django's PostgreSQL backend, with connections that the requests of a process share. Sync."""
