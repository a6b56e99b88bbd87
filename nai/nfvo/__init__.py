"""The orchestrator of network services (NFVO): its catalogue, its projects, and the life of what it runs."""
