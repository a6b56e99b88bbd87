"""What the orchestrator keeps, by kind; everything here works in the caller's transaction."""
