"""Elasticity of the media servers: policies, what they see, what they decide, and the loop that asks them in time."""
