#!/bin/bash
# On the router, once per shard: notes where it is, and adds it when the router runs already (a shard that came later).
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh

address=$(address_in_network shard_)
shard="$(replica_set shard "$address")/$address:${shard_PORT:-27018}"
touch "$STATE/shards"
grep -qxF -- "$shard" "$STATE/shards" || printf '%s\n' "$shard" >> "$STATE/shards"
say "shard $shard"
if is_running mongos; then
    exec /bin/bash ./start-router.sh
fi
