"""The PaaS manager: from a Git address to a running application with its media servers (seed 2.3.1)."""
