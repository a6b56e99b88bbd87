"""Events: who wants to know of what happens to services, and how they are told (wire contract 6.4)."""
