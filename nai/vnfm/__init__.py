"""Managers of virtual network functions: the SDK they are written with, and the two that come with the platform."""
