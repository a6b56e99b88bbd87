"""Kinds of documents with no rules of their own."""

from nai.catalogue import Configuration, VirtualLinkDescriptor, VNFForwardingGraphDescriptor
from nai.nfvo.store.documents import DocumentStore
from nai.nfvo.tables import ConfigurationRow, ForwardingGraphRow, LinkDescriptorRow

configurations = DocumentStore(ConfigurationRow, Configuration, "Configuration")
forwarding_graphs = DocumentStore(ForwardingGraphRow, VNFForwardingGraphDescriptor, "VNFForwardingGraphDescriptor")
link_descriptors = DocumentStore(LinkDescriptorRow, VirtualLinkDescriptor, "VirtualLinkDescriptor")
