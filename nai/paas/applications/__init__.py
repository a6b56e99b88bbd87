"""Applications: what they are made into, and their life."""
