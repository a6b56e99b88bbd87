# shellcheck shell=bash
# What the scripts of the cloud repository share; each begins with `. ./mongodb_lib.sh`.
#
# Variables of the descriptor: PORT, SECURITY, SMALLFILES, USERNAME_MD, PASSWORD, MONGODB_ARCHIVE,
# MONGODB_ARCHIVE_SHA256, MONGODB_REPOSITORY, MONGODB_REPOSITORY_KEY, MONGODB_PACKAGES, MONGODB_DIRECTORY (of everything),
# NETWORK (name of the virtual link). Of the VNFM: the addresses, by network.
set -euo pipefail
export LC_ALL=C
umask 027

PORT=${PORT:-27018}
SECURITY=${SECURITY:-false}
SMALLFILES=${SMALLFILES:-false}
NETWORK=${NETWORK:-internal_nubomedia}
MONGODB_DIRECTORY=${MONGODB_DIRECTORY:-/opt/mongodb}
PATH=$MONGODB_DIRECTORY/bin:$PATH
DATA=$MONGODB_DIRECTORY/data
STATE=$MONGODB_DIRECTORY/state
LOG=$MONGODB_DIRECTORY/log

say() {
    printf '%s\n' "$*"
}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

check_settings() {
    if ! [[ $PORT =~ ^[0-9]{1,5}$ ]] || ((PORT < 1 || PORT > 65535)); then
        fail "PORT is '$PORT', not a port"
    fi
    [[ $SECURITY =~ ^(true|false)$ ]] || fail "SECURITY is '$SECURITY', not true or false"
    [[ $SMALLFILES =~ ^(true|false)$ ]] || fail "SMALLFILES is '$SMALLFILES', not true or false"
    if [[ $SECURITY = true && (-z ${USERNAME_MD:-} || -z ${PASSWORD:-}) ]]; then
        fail 'SECURITY is true: USERNAME_MD and PASSWORD are needed'
    fi
}

# The address of this instance, or with a prefix (shard_, config_) that of the instance a script was run for.
address_in_network() {
    local name=${1:-}${NETWORK//[^A-Za-z0-9_]/_}
    local address=${!name:-}
    [[ $address =~ ^[0-9A-Fa-f.:]+$ ]] || fail "the variable $name holds no address"
    printf '%s\n' "$address"
}

# A name for the replica set that an instance is: the same on both sides of a dependency.
replica_set() {
    printf '%s-%s\n' "$1" "${2//[^A-Za-z0-9]/-}"
}

is_running() {
    local pid_file=$STATE/$1.pid
    [[ -s $pid_file ]] && kill -0 "$(< "$pid_file")" 2> /dev/null
}

# Runs a program of MongoDB in the background; nothing happens when it runs already.
run_daemon() {
    local program=$1
    shift
    if is_running "$program"; then
        say "$program runs already"
        return
    fi
    mkdir -p "$DATA" "$STATE" "$LOG"
    "$program" --fork --logpath "$LOG/$program.log" --logappend --pidfilepath "$STATE/$program.pid" "$@" ||
        fail "$program does not start: $(tail -n 5 "$LOG/$program.log" 2> /dev/null)"
    wait_for_port 127.0.0.1 "$PORT"
    say "$program serves port $PORT"
}

# --smallfiles came with the MMAPv1 engine and went with it (MongoDB 4.2); WiredTiger allocates no files in advance.
storage_options() {
    if [[ $SMALLFILES = true ]]; then
        if mongod --help 2> /dev/null | grep -q -e --smallfiles; then
            printf '%s\n' --smallfiles
        else
            printf '%s\n' --oplogSize 64
        fi
    fi
}

wait_for_port() {
    local tries=120
    until (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null; do
        ((tries-- > 0)) || fail "nobody answers at $1:$2"
        sleep 0.5
    done
}

# The shell of MongoDB reads its commands from standard input: on its command line everyone could read a password.
mongo_shell() {
    local shell
    shell=$(command -v mongosh || command -v mongo) || fail 'MongoDB came without its shell (mongosh or mongo)'
    "$shell" --quiet --host 127.0.0.1 --port "$PORT" "$@"
}

# A value as a text of JavaScript.
quoted() {
    VALUE=$1 python3 -c 'import json, os; print(json.dumps(os.environ["VALUE"]))'
}

stop_daemon() {
    local program=$1 pid tries=60
    is_running "$program" || return 0
    pid=$(< "$STATE/$program.pid")
    kill "$pid"
    while kill -0 "$pid" 2> /dev/null; do
        ((tries-- > 0)) || fail "$program does not stop"
        sleep 0.5
    done
    rm -f "$STATE/$program.pid"
    say "$program has stopped"
}
