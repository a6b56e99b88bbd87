"""The generic VNFM: runs a VNF's scripts in its instances, at each event of the VNF's life (seed 3.3.2.2.1.2)."""
