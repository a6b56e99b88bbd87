"""The proof that the media plane works: a network service of media servers is deployed, used, scaled and removed.

It speaks the services' own interfaces, as an application and an operator do, and knows nothing of their insides.
"""
