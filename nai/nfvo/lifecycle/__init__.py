"""The life of network services: every change of one is an operation that survives the orchestrator's death."""
