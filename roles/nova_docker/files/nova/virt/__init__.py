"""Lets drivers beside Nova's own be found below `nova.virt`, the only place where nova-compute looks for them."""

__path__ = __import__("pkgutil").extend_path(__path__, __name__)
