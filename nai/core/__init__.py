"""What every service shares: settings, application factory, tokens, database, message bus, clock, operations."""
