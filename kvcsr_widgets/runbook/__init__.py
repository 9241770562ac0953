"""What an operator does with one request or with many."""
