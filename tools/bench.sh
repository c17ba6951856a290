#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the load tool against our server and others, side by side in one run, and prints one Markdown table: microseconds of
# the server process' processor time for each delivered message (other figures where the row says so), the median of all rounds.
#
#   tools/bench.sh [--servers "hoofbeat vertx artemis classic spring rabbitmq"] [--scenarios "fan-out-1 queue-1-auto ..."]
#                  [--transports "tcp ws"] [--rounds 3] [--warm-up 10] [--seconds 10] [--hold 60] [--heap 4g]
#                  [--class-path CP] [--publish-prefix PREFIX] [--out DIRECTORY]
#
# The server has processor 0 for itself and the tool processor 1 (SERVER_CORE, TOOL_CORE); nothing else should run. All JVMs have
# the same heap and G1. A round starts each server anew: one after the other, all scenarios. For scenarios with messages the heap
# is touched before, so that page faults are not taken for the server's work; for those with connections it is not, and the
# server is started for each; those with durable messages have a server that stores.
#
# Our server is what is built here, or, with --class-path, what is there (a distribution's lib/*, say). The others are started
# by tools/peers; rabbitmq needs Debian's package. Besides tcp and ws there are the transports xhr-streaming and xhr-polling of
# SockJS, for scenarios with connections. An application of Spring Boot is there as spring-stock (or spring), with Spring's simple
# broker; as spring-hoofbeat, with our starter; and as spring-native, with that and endpoints of our own instead of Tomcat's.
# With --publish-prefix /app/ messages are sent to its controller, which passes them on.
#
# --scenarios takes what "bench --list" shows; the default is all but durable.
set -u

usage() { sed -n '4,25s/^# \{0,1\}//p' "$0"; exit 2; }

here=$(cd "$(dirname "$0")/.." && pwd)
servers="hoofbeat vertx artemis classic spring rabbitmq" scenarios="" transports="tcp ws" rounds=3
warm_up=10 seconds=10 hold=60 heap=4g class_path="" out="" publish=()
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --servers) servers=$2 ;;
        --scenarios) scenarios=$2 ;;
        --transports) transports=$2 ;;
        --rounds) rounds=$2 ;;
        --warm-up) warm_up=$2 ;;
        --seconds) seconds=$2 ;;
        --hold) hold=$2 ;;
        --heap) heap=$2 ;;
        --class-path) class_path=$2 ;;
        --publish-prefix) publish=(--publish-prefix "$2") ;;
        --out) out=$2 ;;
        *) usage ;;
    esac
    shift 2
done
[ -n "$out" ] || out=$(mktemp -d "${TMPDIR:-/tmp}/hoofbeat-bench-XXXXXX")
mkdir -p "$out" || exit 1
out=$(cd "$out" && pwd)
results=$out/results.tsv
: > "$results"
tcp_port=61850 ws_port=61851 rabbit_port=61852 rabbit_ws_port=61853 native_port=61854
server_core=${SERVER_CORE:-0} tool_core=${TOOL_CORE:-1}

say() { echo "$*" >&2; }

build() {
    (cd "$here" && mvn -q -B -pl hoofbeat-bench,hoofbeat-spring-boot-starter -am -DskipTests -Dspotless.check.skip package) >&2 || exit 1
    bench=$here/hoofbeat-bench/target/classes:$(cat "$here/hoofbeat-bench/target/classpath.txt")
    [ -n "$class_path" ] || class_path=$bench
    case " $servers " in
        *" vertx "* | *" artemis "* | *" classic "* | *" spring"*)
            (cd "$here/tools/peers/java" && mvn -q -B -DskipTests -Dspotless.check.skip package) >&2 || exit 1 ;;
    esac
}

tool() { taskset -c "$tool_core" java -Xms512m -Xmx1g -XX:+UseSerialGC -cp "$bench" io.hoofbeat.bench.Bench "$@"; }

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

await() {
    local i
    for ((i = 0; i < 600; i++)); do
        answers "$1" && return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.2
    done
    say "$server does not answer on port $1; see $out/$server.log"
    return 1
}

# jvm CLASS-PATH CLASS ARGUMENTS...
jvm() {
    local path=$1
    shift
    # shellcheck disable=SC2086
    taskset -c "$server_core" java $flags -cp "$path" "$@" >> "$out/$server.log" 2>&1 &
    pid=$!
}

peer() {
    local name=$1 class=$2
    shift 2
    jvm "$here/tools/peers/java/$name/target/classes:$(cat "$here/tools/peers/java/$name/target/classpath.txt")" \
        "io.hoofbeat.bench.peer.$class" "$@"
}

# spring_peer PROPERTIES...: the application with our starter on its class path.
spring_peer() {
    local starter=$here/hoofbeat-spring-boot-starter/target peer=$here/tools/peers/java/spring/target
    jvm "$peer/classes:$(cat "$peer/classpath.txt"):$starter/classes:$(cat "$starter/classpath.txt")" \
        io.hoofbeat.bench.peer.SpringPeer $ws_port "$@"
}

# start GROUP: sets pid, tcp, ws (empty if it is not spoken) and what the tool has to be told besides.
start() {
    flags="-Xmx$heap -XX:+UseG1GC"
    [ "$1" = connections ] || flags="-Xms$heap $flags -XX:+AlwaysPreTouch"
    local store=()
    if [ "$1" = durable ]; then
        rm -rf "$out/store-$server"
        mkdir -p "$out/store-$server"
        store=("$out/store-$server")
    fi
    tcp=tcp://127.0.0.1:$tcp_port ws=ws://127.0.0.1:$ws_port/stomp extra=()
    case $server in
        hoofbeat) jvm "$here/hoofbeat-bench/target/classes:$class_path" io.hoofbeat.bench.OwnServer \
            $tcp_port $ws_port "${store[@]}" ;;
        vertx) peer vertx VertxPeer $tcp_port $ws_port ;;
        artemis) peer artemis ArtemisPeer $tcp_port "${store[@]}" ; ws=ws://127.0.0.1:$tcp_port/stomp ;;
        classic) peer classic ClassicPeer $tcp_port "${store[@]}" ; ws="" ;;
        spring | spring-stock) spring_peer --hoofbeat.enabled=false ; tcp="" extra=(--no-receipts) ;;
        spring-hoofbeat) spring_peer ; tcp="" ;;
        spring-native) spring_peer --hoofbeat.endpoints=$native_port ; tcp="" ws=ws://127.0.0.1:$native_port/stomp ;;
        rabbitmq)
            taskset -c "$server_core" "$here/tools/peers/rabbitmq.sh" start --port $rabbit_port \
                --ws-port $rabbit_ws_port >&2 || return 1
            pid=$(cat "${TMPDIR:-/tmp}/hoofbeat-peer-rabbitmq-$rabbit_port/pid")
            tcp=tcp://127.0.0.1:$rabbit_port ws=ws://127.0.0.1:$rabbit_ws_port/stomp
            extra=(--user guest --password guest)
            return 0 ;;
        *) usage ;;
    esac
    [ -z "$tcp" ] || await $tcp_port || return 1
    case $ws in
        "ws://127.0.0.1:$ws_port/stomp") await $ws_port ;;
        "ws://127.0.0.1:$native_port/stomp") await $native_port ;;
    esac
}

stop() {
    if [ "$server" = rabbitmq ]; then
        "$here/tools/peers/rabbitmq.sh" stop --port $rabbit_port >&2
    elif [ -n "${pid:-}" ]; then
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        rm -rf "$out/store-$server"
    fi
    pid=""
}
trap 'stop; exit 130' INT TERM

# drive SCENARIO...: over each transport that the server has.
drive() {
    local transport url
    for transport in $transports; do
        case $transport:$server in
            tcp:*) url=$tcp ;;
            ws:*) url=$ws ;;
            xhr-*:hoofbeat | xhr-*:spring*) url=${ws/#ws:/$transport:} ;;
            *) url="" ;; # no SockJS there
        esac
        [ -n "$url" ] || continue
        tool --url "$url" --server "$server" --server-pid "$pid" --tsv "$results" --warm-up "$warm_up" \
            --seconds "$seconds" --hold "$hold" ${extra[@]+"${extra[@]}"} ${publish[@]+"${publish[@]}"} "$@" 2>> "$out/tool.log" >> "$out/tables.txt" ||
            say "$server over $transport: not all was well; see $out/tables.txt and $out/tool.log"
    done
}

of_group() {
    local scenario
    for scenario in $scenarios; do
        case $scenario in
            connections-*) [ "$1" = connections ] && echo "$scenario" ;;
            durable-*) [ "$1" = durable ] && echo "$scenario" ;;
            *) [ "$1" = messages ] && echo "$scenario" ;;
        esac
    done
}

round() {
    local group scenario these
    for server in $servers; do
        for group in messages durable; do
            these=$(of_group $group)
            [ -n "$these" ] || continue
            case $group:$server in durable:vertx | durable:spring*) continue ;; esac # they store nothing
            say "round $1: $server, $group"
            # shellcheck disable=SC2086
            start $group && drive $these
            stop
        done
        for scenario in $(of_group connections); do
            for only in $transports; do
                say "round $1: $server, $scenario, $only"
                start connections && transports=$only drive "$scenario"
                stop
            done
        done
    done
}

# The table: rows in the order in which they came, a column for each server, medians; "!" where not all was well.
table() {
    awk -F '\t' -v servers="$servers" '
        function median(key,    n, i, j, v, t) {
            n = split(values[key], v, " ")
            for (i = 2; i <= n; i++) {
                t = v[i] + 0
                for (j = i - 1; j >= 1 && v[j] + 0 > t; j--) v[j + 1] = v[j]
                v[j + 1] = t
            }
            return v[int((n + 1) / 2)] + 0
        }
        function show(name, value) {
            if (name ~ /bytes/) return sprintf("%.1f KB", value / 1024)
            if (name ~ /latency/) return sprintf("%.0f", value)
            return sprintf(value < 10 ? "%.2f" : "%.0f", value)
        }
        function wanted(scenario, name) {
            if (scenario ~ /^latency/) return name ~ /^latency-p(50|99)-micros$/
            if (scenario ~ /^feed/) return name ~ /^(server-micros-per-message|latency-p99-micros)$/
            if (scenario ~ /^connections/)
                return name ~ /^(connect-seconds|connect-server-micros-per-connection|server-micros-per-connection-second|(heap|resident)-bytes-per-connection)$/
            return name == "server-micros-per-message"
        }
        $4 == "faults" { bad[$1, $3] = 1; next }
        wanted($2, $4) {
            row = $3 SUBSEP $4
            if (!(row in seen)) { seen[row] = 1; rows[++count] = row }
            values[$1, row] = values[$1, row] " " $5
        }
        END {
            n = split(servers, server, " ")
            line = "| scenario |"; rule = "|---|"
            for (i = 1; i <= n; i++) { line = line " " server[i] " |"; rule = rule "---|" }
            print line; print rule
            for (r = 1; r <= count; r++) {
                split(rows[r], part, SUBSEP)
                name = part[2] == "server-micros-per-message" ? "" : ": " part[2]
                line = "| " part[1] name " |"
                for (i = 1; i <= n; i++) {
                    key = server[i] SUBSEP rows[r]
                    cell = key in values ? show(part[2], median(key)) ((server[i], part[1]) in bad ? " !" : "") : ""
                    line = line " " cell " |"
                }
                print line
            }
        }' "$results"
}

build
[ -n "$scenarios" ] || scenarios=$(tool --list | awk '{ print $1 }' | grep -v '^durable')
for ((number = 1; number <= rounds; number++)); do
    round $number
done
table | tee "$out/table.md"
say "All figures: $results; tables of each run: $out/tables.txt"
