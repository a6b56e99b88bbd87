"""The REST interface of the generic VNFM: what scripts have written, what actions were asked for."""
