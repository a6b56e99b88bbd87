"""Asks for everything an inventory needs and writes it.

What is asked follows from the schema and from the release's data alone: `questions` says which questions there are,
`dialogue` in which order they are asked and whether an answer fits, both without a terminal. `terminal` asks a person,
`preseed` answers from a file.
"""
