"""Durability: changes are written in groups, before they are answered; a restart reads everything back."""
