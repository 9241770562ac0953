"""What a certificate and a request are. No Azure, no widgets, no I/O and no clock of its own."""
