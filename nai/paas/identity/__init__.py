"""Who may do what: users, projects, roles (seed 3.4.1.3)."""
