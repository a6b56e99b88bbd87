"""One module per role or shared topic, each with a tuple `VARIABLES`."""
