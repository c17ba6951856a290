#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs the programs of other projects that the tests use: STOMP clients of several languages, syslog-ng, a browser, and
# RabbitMQ as a peer. What is there already stays as it is.
#
# On Debian and Ubuntu, as root, apt-get installs what is missing, and no service is started. Elsewhere this prints the
# line that would install each missing thing. The exit code is 0 unless an installation that was tried has failed.
set -u
cd "$(dirname "$0")/.." || exit 1

node_clients=hoofbeat-test/src/test/clients/node
log=$(mktemp "${TMPDIR:-/tmp}/install-test-tools.XXXXXX")
policy=
trap 'rm -f "$log"; [ -z "$policy" ] || rm -f "$policy"' EXIT
failed=0

has_python() { [ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import stomp' 2> /dev/null; }
has_ruby() { ruby -e 'require "stomp"' 2> /dev/null; }
has_perl() { perl -MNet::Stomp -e 1 2> /dev/null; }
has_php() { php -r 'exit(extension_loaded("stomp") ? 0 : 1);' > /dev/null 2>&1; }
has_syslog_ng() { [ -x /usr/sbin/syslog-ng ] && compgen -G '/usr/lib*/syslog-ng/*/libafstomp.so' > /dev/null; }
has_rabbitmq() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; }
has_chromium() { [ -x /usr/bin/chromium ] && [ -x /usr/bin/chromedriver ]; }
has_node() { command -v node > /dev/null && command -v npm > /dev/null; }

# What each line names: the test whether it is there, the packages of Debian, and what to call it.
tools=(
    "has_python|python3-stomp|stomp.py"
    "has_ruby|ruby ruby-stomp|Ruby's stomp gem"
    "has_perl|libnet-stomp-perl|Perl's Net::Stomp"
    "has_php|php-cli php-stomp|PHP's stomp extension"
    "has_syslog_ng|syslog-ng-core syslog-ng-mod-stomp|syslog-ng with its stomp() destination"
    "has_rabbitmq|rabbitmq-server|RabbitMQ"
    "has_chromium|chromium chromium-driver|Chromium and its driver"
    "has_node|nodejs npm|Node.js and npm"
)

# Debian starts a service when its package is installed, and at every boot, unless it is told not to.
install_packages() {
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' > "$policy"
        chmod 755 "$policy"
    fi
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" > "$log" 2>&1
    local result=$? service
    for service in rabbitmq-server syslog-ng; do
        case " $* " in
            *" $service"*) ! command -v systemctl > /dev/null || systemctl disable --quiet "$service" >> "$log" 2>&1 ;;
        esac
    done
    [ -z "$policy" ] || rm -f "$policy"
    policy=
    return $result
}

failure() {
    echo "FAILED $1:"
    tail -n 15 "$log"
    failed=1
}

missing=()
for tool in "${tools[@]}"; do
    IFS='|' read -r test packages name <<< "$tool"
    if "$test"; then echo "there    $name"; else missing+=("$tool"); fi
done

if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "update   the list of packages"
        apt-get update > "$log" 2>&1 || echo "         apt-get update has failed; the old list may do"
        for tool in "${missing[@]}"; do
            IFS='|' read -r test packages name <<< "$tool"
            echo "install  $name ($packages)"
            # shellcheck disable=SC2086 # these are several words
            { install_packages $packages && "$test"; } || failure "$name"
        done
    else
        for tool in "${missing[@]}"; do
            IFS='|' read -r test packages name <<< "$tool"
            echo "missing  $name: apt-get install --no-install-recommends $packages"
        done
    fi
fi

# A checksum tells whether the modules are those of the lock file; times do not, since a checkout changes them.
if has_node; then
    wanted=$(sha256sum < "$node_clients/package-lock.json")
    if [ "$(cat "$node_clients/node_modules/.lock-sha256" 2> /dev/null)" = "$wanted" ]; then
        echo "there    the clients for Node.js"
    else
        echo "install  the clients for Node.js (npm ci)"
        if (cd "$node_clients" && npm ci --omit=optional --ignore-scripts) > "$log" 2>&1; then
            echo "$wanted" > "$node_clients/node_modules/.lock-sha256"
        else
            failure "npm ci in $node_clients"
        fi
    fi
else
    echo "missing  the clients for Node.js: cd $node_clients && npm ci --omit=optional --ignore-scripts"
fi
exit $failed
