"""Warm instances: started ahead of the need."""
