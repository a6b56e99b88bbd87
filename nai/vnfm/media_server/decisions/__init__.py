"""Every autoscaling decision with what it saw: model, persisted bounded record, and its REST view."""
