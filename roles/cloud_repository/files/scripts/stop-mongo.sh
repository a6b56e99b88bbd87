#!/bin/bash
# Stops what of MongoDB runs here.
# shellcheck source=mongodb_lib.sh
. ./mongodb_lib.sh

for program in mongos mongod; do
    stop_daemon "$program"
done
