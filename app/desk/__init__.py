"""The desk: every action, each one visible as load, decide, record."""
