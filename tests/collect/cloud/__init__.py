"""A cloud of our own: an invented organization, served in AWS's protocols, with trouble by seed.

What is served is a Snapshot: the answers are made from it, and what a collection gives is compared with it.
"""
