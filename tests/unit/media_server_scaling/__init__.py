"""Tests of elasticity and lifecycle of the media servers."""
