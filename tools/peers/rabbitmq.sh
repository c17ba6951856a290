#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A private RabbitMQ as a STOMP and Web-STOMP peer: everything it writes is in one directory of its own, and it
# listens on loopback only. Meant to point the clients or a conformance suite at another broker.
#
#   tools/peers/rabbitmq.sh start [--port 61700] [--ws-port 15700] [--ws-path /stomp] [--user guest] [--password guest]
#   tools/peers/rabbitmq.sh stop  [--port 61700]
#
# "start" comes back when both ports answer, or after 60 s with what the broker had to say. A broker is known by its
# STOMP port, so several can run side by side.
set -u

usage() { sed -n '4,11s/^# \{0,1\}//p' "$0"; exit 2; }

action=${1:-}; [ $# -gt 0 ] && shift
port=61700 ws_port=15700 ws_path=/stomp user=guest password=guest
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --port) port=$2 ;;
        --ws-port) ws_port=$2 ;;
        --ws-path) ws_path=$2 ;;
        --user) user=$2 ;;
        --password) password=$2 ;;
        *) usage ;;
    esac
    shift 2
done

home=${TMPDIR:-/tmp}/hoofbeat-peer-rabbitmq-$port
server=/usr/lib/rabbitmq/bin/rabbitmq-server

free_port() {
    perl -MIO::Socket::INET -e \
        'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 0)->sockport'
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

alive() { [ -s "$home/pid" ] && kill -0 "$(cat "$home/pid")" 2>/dev/null; }

# Erlang's port mapper is private too; otherwise it would stay behind as a daemon and hinder the next broker.
stop_port_mapper() {
    [ -s "$home/epmd-port" ] || return 0
    local i
    for i in 1 2 3 4 5 6 7 8 9 10; do
        case $(ERL_EPMD_PORT=$(cat "$home/epmd-port") epmd -kill 2>&1) in
            *active*) sleep 0.2 ;; # it still has the name of a node whose socket is just closing
            *) return 0 ;;
        esac
    done
}

start() {
    if [ ! -x "$server" ]; then
        echo "RabbitMQ is missing. To install it: apt-get install rabbitmq-server" >&2
        exit 3
    fi
    if alive; then echo "RabbitMQ runs already: STOMP on 127.0.0.1:$port"; exit 0; fi
    if answers "$port" || answers "$ws_port"; then
        echo "Port $port or $ws_port is taken by another program." >&2
        exit 1
    fi
    rm -rf "$home"
    (umask 077 && mkdir -p "$home/home" "$home/log" "$home/mnesia") || exit 1
    free_port > "$home/epmd-port"

    cat > "$home/rabbitmq.conf" <<CONFIG
listeners.tcp = none
stomp.listeners.tcp.1 = 127.0.0.1:$port
web_stomp.tcp.ip = 127.0.0.1
web_stomp.tcp.port = $ws_port
web_stomp.ws_path = $ws_path
default_user = $user
default_pass = $password
log.file.level = info
disk_free_limit.absolute = 50MB
CONFIG
    echo '[rabbitmq_stomp,rabbitmq_web_stomp].' > "$home/enabled_plugins"

    export HOME=$home/home ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
    ERL_EPMD_PORT=$(cat "$home/epmd-port")
    export RABBITMQ_NODENAME=hoofpeer@localhost RABBITMQ_DIST_PORT
    RABBITMQ_DIST_PORT=$(free_port)
    export RABBITMQ_CONFIG_FILE=$home/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$home/enabled_plugins
    export RABBITMQ_MNESIA_BASE=$home/mnesia RABBITMQ_LOG_BASE=$home/log RABBITMQ_CONF_ENV_FILE=/dev/null
    export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
    setsid "$server" > "$home/log/out" 2>&1 < /dev/null &
    echo $! > "$home/pid"

    local deadline=$((SECONDS + 60))
    until grep -qs 'Server startup complete' "$home"/log/*.log && answers "$port" && answers "$ws_port"; do
        if ! alive || [ $SECONDS -ge $deadline ]; then
            echo "RabbitMQ did not start:" >&2
            tail -n 30 "$home/log/out" >&2
            stop > /dev/null
            exit 1
        fi
        sleep 0.2
    done
    echo "RabbitMQ is ready after $SECONDS s: STOMP on 127.0.0.1:$port," \
        "Web-STOMP on ws://127.0.0.1:$ws_port$ws_path, user $user, virtual host /"
}

stop() {
    if alive; then
        local pid i; pid=$(cat "$home/pid")
        kill "$pid"
        for ((i = 0; i < 100; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
        # The script that starts the broker leads a process group of its own, so this reaches nothing else.
        kill -0 "$pid" 2>/dev/null && kill -KILL -- "-$pid"
        echo "RabbitMQ on port $port has stopped."
    else
        echo "No RabbitMQ of ours runs on port $port."
    fi
    stop_port_mapper
    rm -rf "$home"
}

case $action in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac
