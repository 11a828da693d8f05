"""Turns the protocol module into other languages: TypeScript for the page, tables for people."""
