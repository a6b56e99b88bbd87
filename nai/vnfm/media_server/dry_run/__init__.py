"""What a policy would have done to the recorded load."""
