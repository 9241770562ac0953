"""Troubles to train on: each is staged in a practice vault of its own, diagnosed, and mended there.

A ``drill`` is a value; ``scene`` is where it plays: a vault, a clock, faults, and the files that
the reader got; ``issued`` has what stages and judges share. ``catalogue`` has all drills in the
order of the course, from modules that each hold a few of one kind. To add one, write it in such a
module and add it to the catalogue; a test stages it and sees that doing nothing does not solve it,
and ``tests/drills/mending.py`` holds how each is mended.
"""
