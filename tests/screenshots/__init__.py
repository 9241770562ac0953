"""Pictures of every panel in each of its states, for people to look at."""
