"""The installer's front end: what a user may set, whether it fits, and where the result is reached."""
