"""Connects the host's interfaces to Open vSwitch; run at boot and whenever Open vSwitch was restarted.

Reads a JSON file: `datapath` (`system` or `netdev`) and `bridges`, each with `name`, `address` (CIDR, may be empty) and
`interface` (may be empty). Each bridge takes its interface as a port, and the interface's addresses and routes with it.
Running it again changes nothing.
"""

import json
import subprocess
import sys
from pathlib import Path


class WiringError(Exception):
    """The host cannot be wired as its file says."""


def run(*argv):
    """Runs a command.

    Returns:
        What it prints.

    Raises:
        WiringError: It failed.
    """
    done = subprocess.run(argv, capture_output=True, text=True, check=False)  # noqa: S603  # literal programs
    if done.returncode:
        raise WiringError(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def interface_addresses(listing):
    """IPv4 addresses of each interface, from `ip -j -4 address show`."""
    return {
        link["ifname"]: [f"{info['local']}/{info['prefixlen']}" for info in link.get("addr_info", [])]
        for link in listing
        if "ifname" in link
    }


def choose_interface(bridge, addresses, ports):
    """Which interface belongs to a bridge.

    Args:
        bridge: The bridge's entry of the file.
        addresses: Addresses of each interface.
        ports: Interfaces that are ports of the bridge already.

    Returns:
        The named one; else the one that holds the bridge's address; else the one that is a port of the bridge already.

    Raises:
        WiringError: There is none.
    """
    if bridge["interface"]:
        return bridge["interface"]
    wanted = bridge["address"].partition("/")[0]
    for interface, held in addresses.items():
        if interface != bridge["name"] and any(address.partition("/")[0] == wanted for address in held):
            return interface
    if ports:
        return ports[0]
    raise WiringError(f"no interface of this host holds {wanted}, the address of {bridge['name']}; give it to one")


def routes_of(interface):
    """Arguments of `ip route replace` for the routes that somebody set; the kernel's own come by themselves."""
    moved = []
    for route in json.loads(run("ip", "-j", "-4", "route", "show", "dev", interface) or "[]"):
        if route.get("protocol") == "kernel":
            continue
        words = [route["dst"]]
        for key, word in (("gateway", "via"), ("metric", "metric"), ("prefsrc", "src")):
            if key in route:
                words += [word, str(route[key])]
        moved.append(words)
    return moved


def physical_ports(bridge):
    """Ports of a bridge that are interfaces of the host and not made by Open vSwitch or Neutron."""
    known = run("ovs-vsctl", "--if-exists", "get", "bridge", bridge, "name").strip()
    if not known:
        return []
    return [
        port
        for port in run("ovs-vsctl", "list-ports", bridge).split()
        if Path("/sys/class/net", port).exists() and not port.startswith(("tap", "qg-", "qr-", "phy-"))
    ]


def wire(bridge, datapath):
    """Makes one bridge what its entry says."""
    name = bridge["name"]
    addresses = interface_addresses(json.loads(run("ip", "-j", "-4", "address", "show")))
    ports = physical_ports(name)
    interface = choose_interface(bridge, addresses, ports)
    mac_file = Path("/sys/class/net", interface, "address")
    if not mac_file.exists():
        raise WiringError(f"interface {interface}, which belongs to {name}, does not exist")
    # The kernel answers ARP with the interface's own address: with another one on the bridge packets are lost.
    mac = mac_file.read_text().strip()
    routes = routes_of(interface)
    command = ["ovs-vsctl", "--may-exist", "add-br", name, "--", "set", "bridge", name, f"datapath_type={datapath}"]
    command += [f'other-config:hwaddr="{mac}"']
    for port in ports:
        if port != interface:
            command += ["--", "--if-exists", "del-port", name, port]
    command += ["--", "--may-exist", "add-port", name, interface]
    run(*command)
    moved = list(addresses.get(interface, []))
    if bridge["address"] and bridge["address"] not in moved:
        moved.append(bridge["address"])
    run("ip", "link", "set", interface, "up")
    run("ip", "link", "set", name, "up")
    if addresses.get(interface):
        run("ip", "-4", "address", "flush", "dev", interface)
    for address in moved:
        run("ip", "address", "replace", address, "dev", name)
    for words in routes:
        run("ip", "route", "replace", *words, "dev", name)
    if datapath == "netdev":
        # Packets that the kernel leaves without a checksum would leave the user space datapath like that.
        for device in (interface, name):
            run("ethtool", "-K", device, "tx", "off")


def main():
    """Entry point."""
    settings = json.loads(Path(sys.argv[1]).read_text())
    try:
        for bridge in settings["bridges"]:
            wire(bridge, settings["datapath"])
        if settings["datapath"] == "netdev":
            run("ovs-appctl", "tnl/arp/flush")
    except WiringError as error:
        sys.exit(f"Open vSwitch: {error}")


if __name__ == "__main__":
    main()
