"""The driver for a Docker engine: containers as servers, for platforms without a cloud."""
