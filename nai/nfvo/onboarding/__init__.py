"""Taking descriptors and packages in: reading their forms, and checking them against what there is."""
