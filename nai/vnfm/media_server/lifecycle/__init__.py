"""Life of media-server VNFs: their instances in the infrastructure, the NFVO's actions, and scaling's execution."""
