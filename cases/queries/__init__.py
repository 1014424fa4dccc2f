"""What screens and actions read, one module per screen; querysets are prefetched here and rows do not query afterwards."""
