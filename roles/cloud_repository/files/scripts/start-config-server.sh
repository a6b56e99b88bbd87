#!/bin/bash
# The config server of a sharded MongoDB: a replica set of one, named after its address.
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh
check_settings

address=$(address_in_network)
set_name=$(replica_set config "$address")
mapfile -t options < <(storage_options)
run_daemon mongod --configsvr --replSet "$set_name" --dbpath "$DATA" --port "$PORT" --bind_ip 0.0.0.0 "${options[@]}"
if [[ ! -e $STATE/initiated ]]; then
    mongo_shell admin << JAVASCRIPT || fail 'the replica set of the config server cannot be made'
rs.initiate({_id: "$set_name", configsvr: true, members: [{_id: 0, host: "$address:$PORT"}]})
JAVASCRIPT
    : > "$STATE/initiated"
fi
say "config server $set_name/$address:$PORT"
