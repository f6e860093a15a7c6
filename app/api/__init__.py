"""HTTP: what callers may ask, and how the answers look."""
