"""Who may do what: users and their roles, projects, tokens."""
