"""The proof that a cloud works: instances on every compute host, used over the network, and nothing left of them.

Each phase is a function of `phases`; between them the playbook looks at the compute hosts with `compute_host_state`.
"""
