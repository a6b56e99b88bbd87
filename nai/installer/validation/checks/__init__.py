"""The checks, one module per question; each has `check(context)` that yields findings."""
