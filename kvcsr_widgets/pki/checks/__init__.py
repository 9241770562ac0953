"""The checks before a merge, by subject: one small function a check, and what each is about.

A check yields findings and raises nothing; ``pki.preflight`` runs them, ``pki.catalogue`` lists
what they can find.
"""
