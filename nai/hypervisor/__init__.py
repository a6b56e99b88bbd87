"""Instances of OpenStack as Docker containers: Nova's virt driver and the image synchroniser of a compute host.

Runs inside Nova's own Python, so it imports the standard library and what a compute host has anyway: Nova, oslo, the
Docker SDK. Imports inside the package are relative: the package works below whatever name it is installed. This file
stays empty of imports, because the privileged helper imports it, too, and is small for not importing Nova.
"""
