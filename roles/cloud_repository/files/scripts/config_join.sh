#!/bin/bash
# On the router, once per config server: notes where it is. The VNFM gives its address as $config_<network>.
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh

address=$(address_in_network config_)
printf '%s/%s:%s\n' "$(replica_set config "$address")" "$address" "${config_PORT:-27019}" > "$STATE/config-server"
say "config server $(< "$STATE/config-server")"
