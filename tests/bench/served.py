"""Requests per second: in process, and over TLS with the server on one core."""


def requests_per_second() -> None:
    """Written when the server is there."""
