"""The engine of one Docker host: builds with Docker, runs containers, publishes them through HAProxy."""
