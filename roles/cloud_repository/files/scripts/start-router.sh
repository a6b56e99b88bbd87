#!/bin/bash
# The router of a sharded MongoDB: waits for the config server and the shards, and puts them together.
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh
check_settings

[[ -s $STATE/config-server ]] || fail 'no config server is known: the dependency of the router on it is missing'
config_server=$(< "$STATE/config-server")
endpoint=${config_server#*/}
wait_for_port "${endpoint%:*}" "${endpoint##*:}"
run_daemon mongos --configdb "$config_server" --port "$PORT" --bind_ip 0.0.0.0

while IFS= read -r shard; do
    [[ -n $shard ]] || continue
    grep -qxsF -- "$shard" "$STATE/added" && continue
    endpoint=${shard#*/}
    wait_for_port "${endpoint%:*}" "${endpoint##*:}"
    mongo_shell admin << JAVASCRIPT || fail "the shard $shard cannot be added"
sh.addShard("$shard")
sh.enableSharding("nubomedia")
JAVASCRIPT
    printf '%s\n' "$shard" >> "$STATE/added"
    say "shard $shard added"
done < <(cat "$STATE/shards" 2> /dev/null)
say "router at $(address_in_network):$PORT"
