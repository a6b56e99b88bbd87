"""Records of network services: what was made of a descriptor, as it is now."""
