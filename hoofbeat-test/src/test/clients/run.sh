#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs STOMP clients of other projects against a server, all at once, and prints what each of them found and a table.
#
#   run.sh --port P --ws-url ws://127.0.0.1:W/stomp --login L --passcode P
#          [--host 127.0.0.1] [--vhost NAME] [--require-all] [--only CLIENT,CLIENT]
#
# The user must exist and may send to and subscribe to /topic/** and /queue/**. Without --vhost each client sends the
# host header that it likes. HEARTBEAT_MS is the heart-beat that the clients ask for, 1000 by default; being idle for
# three of those that the server agrees to is what takes the most time.
#
# A client that is not installed is named with the line that installs it, which is a failure with --require-all or
# where CI=true. tools/install-test-tools.sh installs them all. The exit code is 1 if anything has failed.
set -u
cd "$(dirname "$0")" || exit 2

limit=90
host=127.0.0.1 port='' ws_url='' login='' passcode='' vhost='' only=''
require_all=${CI:-false}
usage() { sed -n '4,16s/^# \{0,1\}//p' run.sh; exit 2; }
while [ $# -gt 0 ]; do
    case $1 in
        --require-all) require_all=true; shift; continue ;;
    esac
    [ $# -ge 2 ] || usage
    case $1 in
        --host) host=$2 ;;
        --port) port=$2 ;;
        --ws-url) ws_url=$2 ;;
        --login) login=$2 ;;
        --passcode) passcode=$2 ;;
        --vhost) vhost=$2 ;;
        --only) only=$2 ;;
        *) usage ;;
    esac
    shift 2
done
for given in "$port" "$ws_url" "$login" "$passcode"; do [ -n "$given" ] || usage; done

PATH=$PATH:/usr/sbin
npm="cd hoofbeat-test/src/test/clients/node && npm ci --omit=optional --ignore-scripts"
apt="apt-get install --no-install-recommends"
module() { command -v node > /dev/null && [ -d "node/node_modules/$1" ]; }
syslog_ng() { command -v syslog-ng > /dev/null && compgen -G '/usr/lib*/syslog-ng/*/libafstomp.so' > /dev/null; }

# Name, the command that runs it, the test whether it can run, and the line that installs it. Debian's packages for
# Python are seen by Debian's interpreter only, which need not be the first on the path.
clients=(
    "stomp.py|/usr/bin/python3 python/stomp_py.py|/usr/bin/python3 -c 'import stomp'|$apt python3-stomp"
    "stomp-gem|ruby ruby/stomp_gem.rb|ruby -e 'require \"stomp\"'|$apt ruby ruby-stomp"
    "Net::Stomp|perl perl/net_stomp.pl|perl -MNet::Stomp -e 1|$apt libnet-stomp-perl"
    "php-stomp|php php/stomp_ext.php|php -r 'exit(extension_loaded(\"stomp\") ? 0 : 1);'|$apt php-cli php-stomp"
    "stompit|node node/stompit.mjs|module stompit|$npm"
    "@stomp/stompjs|node node/stompjs.mjs|module @stomp/stompjs|$npm"
    "webstomp-client|node node/webstomp.mjs|module webstomp-client|$npm"
    "stomp.js|node node/stompjs2.mjs|module stompjs|$npm"
    "syslog-ng|python3 syslog-ng/syslog_ng.py|syslog_ng|$apt syslog-ng-core syslog-ng-mod-stomp"
)

reports=$(mktemp -d "${TMPDIR:-/tmp}/clients.XXXXXX")
started=()
# shellcheck disable=SC2317 # called by the trap
end() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2> /dev/null; done
    rm -rf "$reports"
}
trap end EXIT
trap 'exit 130' INT TERM

arguments=(--host "$host" --port "$port" --ws-url "$ws_url" --login "$login" --passcode "$passcode")
[ -z "$vhost" ] || arguments+=(--vhost "$vhost")
names=() installs=()
for client in "${clients[@]}"; do
    IFS='|' read -r name command test install <<< "$client"
    case ",$only," in ,, | *",$name,"*) ;; *) continue ;; esac
    number=${#names[@]}
    names+=("$name")
    installs+=("$install")
    if eval "$test" > /dev/null 2>&1; then
        # shellcheck disable=SC2086 # a program and its file
        (timeout -k 5 $limit $command "${arguments[@]}" > "$reports/$number" 2>&1 < /dev/null
            echo $? > "$reports/$number.code") &
        started+=($!)
    fi
done
wait
started=()

summary='^[^ ]+ ([^ ]+): ([0-9]+) passed, ([0-9]+) failed, ([0-9]+) n/a$'
rows=() passed=0 failed=0 not_applicable=0 result=0
for number in "${!names[@]}"; do
    name=${names[$number]}
    echo "=== $name"
    if [ ! -e "$reports/$number" ]; then
        echo "missing: ${installs[$number]}"
        rows+=("$name|missing|-|-|-")
        [ "$require_all" != true ] || result=1
        continue
    fi
    cat "$reports/$number"
    code=$(cat "$reports/$number.code")
    if [[ $(tail -n 1 "$reports/$number") =~ $summary ]]; then
        found=("${BASH_REMATCH[@]:1}")
        rows+=("$name|${found[0]}|${found[1]}|${found[2]}|${found[3]}")
        passed=$((passed + found[1])) failed=$((failed + found[2])) not_applicable=$((not_applicable + found[3]))
        [ "$code" = 0 ] && [ "${found[2]}" = 0 ] || result=1
    else
        echo "FAILED: $name ended without a summary, with exit code $code$([ "$code" != 124 ] || echo " after $limit s")"
        rows+=("$name|-|-|1|-")
        failed=$((failed + 1)) result=1
    fi
done

rule() { printf "%s$(printf '─%.0s' {1..19})%s$(printf '─%.0s' {1..10})%s────────%s────────%s─────%s\n" "$@"; }
row() { printf '│ %-17s │ %-8s │ %6s │ %6s │ %3s │\n' "$@"; }
echo
rule ┌ ┬ ┬ ┬ ┬ ┐
row client version passed failed n/a
rule ├ ┼ ┼ ┼ ┼ ┤
for line in "${rows[@]}"; do
    IFS='|' read -r -a cells <<< "$line"
    row "${cells[@]}"
done
rule ├ ┼ ┼ ┼ ┼ ┤
row all "" "$passed" "$failed" "$not_applicable"
rule └ ┴ ┴ ┴ ┴ ┘
exit $result
