"""Postgres: tables, named statements, transactions. Decides nothing, commits nothing by itself."""
