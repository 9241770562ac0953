"""The files that a CA sends, taken apart: what they look like, and the certificates in them."""
