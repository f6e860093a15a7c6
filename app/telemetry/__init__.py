"""What operations see: every metric by a name of the domain."""
