#!/usr/bin/env bash
# Installs ibc-monitor as a systemd service on Debian or Ubuntu: sudo ops/install.sh [--node nodesource] [NAME]
# Run it in the checkout where you tried the bot: its config.ts, .env and data/ are taken along. It may be run again:
# what is there stays. NAME makes another one beside it, the unit ibc-monitor@NAME. By hand: docs/operating.md.
set -euo pipefail
# The service's user reads it, whoever called this.
umask 022

checkout=$(cd "$(dirname "$0")/.." && pwd)
app=/opt/ibc-monitor
node_from=
if [[ ${1:-} == --node ]]; then
  node_from=${2:-}
  shift $(($# < 2 ? 1 : 2))
fi
name=${1:-}
unit=ibc-monitor${name:+@$name}
etc=/etc/ibc-monitor${name:+/$name}
data=/var/lib/ibc-monitor${name:+-$name}
which=${name:+--instance $name}

fail() {
  echo "install.sh: $*" >&2
  exit 1
}
[[ $EUID == 0 ]] || fail 'run it as root: sudo ops/install.sh'
(($# < 2)) || fail 'one name at most, behind --node nodesource'
[[ $name =~ ^([A-Za-z0-9][A-Za-z0-9_-]*)?$ ]] || fail "a name has letters, digits, _ and - only, not '$name'"
command -v apt-get systemctl >/dev/null || fail 'this is for Debian and Ubuntu with systemd; docs/operating.md has the steps'
[[ -e $checkout/config.ts || -e $etc/config.ts ]] || fail "there is no config.ts in $checkout: ibc-monitor init makes one"
# What config.ts imports beside defineConfig would be missing there: said before anything is changed.
define="['\"]\./src/config\.[tj]s['\"]"
imports=$(grep -vE '^ *(//|\*)' "$checkout/config.ts" 2>/dev/null | grep -oE "(from|import) *\(?['\"]\.[^'\"]*['\"]" | grep -vE "$define" || true)
[[ -e $etc/config.ts || -z $imports ]] ||
  fail "config.ts imports other files ($(echo "$imports" | paste -sd ' ')): copy them and config.ts to $etc yourself, readable by the group
ibc-monitor (defineConfig is imported from '$app/src/config.ts' there), and run this again"
# Two that write to the same database would tell everything twice.
[[ -e $data/monitor.sqlite || ! -e $checkout/data/monitor.pid ]] || ! kill -0 "$(<"$checkout/data/monitor.pid")" 2>/dev/null ||
  fail "the bot in $checkout runs (process $(<"$checkout/data/monitor.pid")): stop it first"

# --- Node and git ---------------------------------------------------------------------------------------------------

node_is_fit() {
  (cd "$checkout" && /usr/bin/node --input-type=module -e "import { nodeProblem } from './src/kernel/node-version.js'
    process.exit(nodeProblem(process.versions.node) ? 1 : 0)") 2>/dev/null
}

packages=()
for tool in git curl; do command -v $tool >/dev/null || packages+=($tool ca-certificates); done
if ((${#packages[@]})); then
  apt-get update
  apt-get install -y "${packages[@]}"
fi
if ! node_is_fit && [[ -z $node_from ]]; then
  # The distribution's, where it will do; npm is a package of its own there.
  apt-get update
  case $(apt-cache policy nodejs | sed -n 's/ *Candidate: \([0-9]*\).*/\1/p') in
    20 | 22 | 24 | 26) apt-get install -y nodejs npm ;;
    *)
      fail "this needs Node 22.14 or later at /usr/bin/node, and the distribution has none. Either install one yourself, or
have NodeSource's repository added, as https://github.com/nodesource/distributions describes it: ops/install.sh --node nodesource
That is: curl -fsSL https://deb.nodesource.com/setup_24.x | bash -   and   apt-get install -y nodejs"
      ;;
  esac
elif ! node_is_fit; then
  [[ $node_from == nodesource ]] || fail "--node nodesource is all there is, not '$node_from'"
  curl -fsSL https://deb.nodesource.com/setup_24.x | bash -
  apt-get install -y nodejs
fi
node_is_fit || fail "/usr/bin/node is $(/usr/bin/node --version 2>/dev/null || echo missing), which is too old"
command -v npm >/dev/null || fail 'there is no npm: apt-get install npm'
# There SQLite is compiled.
[[ $(/usr/bin/node --version) != v20.* ]] || apt-get install -y python3 make g++

# --- The program ----------------------------------------------------------------------------------------------------

id ibc-monitor >/dev/null 2>&1 ||
  useradd --system --home-dir /var/lib/ibc-monitor --shell /usr/sbin/nologin ibc-monitor
if [[ ! -e $app/.git ]]; then
  # Owned by somebody else, as a checkout in a home is: git before 2.38 takes that from a file alone.
  home=$(mktemp -d)
  HOME=$home git config --global --add safe.directory "$checkout/.git"
  HOME=$home git config --global --add safe.directory "$checkout"
  # As a whole or not at all.
  rm -rf "$app.new"
  HOME=$home git clone "$checkout" "$app.new"
  # Updates come from where the checkout's came from.
  origin=$(HOME=$home git -C "$checkout" remote get-url origin 2>/dev/null || true)
  rm -r "$home"
  [[ -z $origin ]] || git -C "$app.new" remote set-url origin "$origin"
  mv -T "$app.new" "$app"
fi
[[ -e $app/node_modules/.package-lock.json ]] || npm ci --omit=dev --no-audit --no-fund --prefix "$app"

# --- Configuration, secrets, database -------------------------------------------------------------------------------

install -d -m 750 -g ibc-monitor /etc/ibc-monitor "$etc"
if [[ ! -e $etc/config.ts ]]; then
  # Where it imports defineConfig.
  sed -E "s#$define#'$app/src/config.ts'#" "$checkout/config.ts" >"$etc/config.ts.new"
  install -m 640 -g ibc-monitor "$etc/config.ts.new" "$etc/config.ts"
  rm "$etc/config.ts.new"
fi
if [[ ! -e $etc/ibc-monitor.env && -e $checkout/.env ]]; then
  install -m 600 "$checkout/.env" "$etc/ibc-monitor.env"
fi
install -d -m 700 -o ibc-monitor -g ibc-monitor "$data"
if [[ ! -e $data/monitor.sqlite && -e $checkout/data/monitor.sqlite ]]; then
  # A whole copy, or none.
  rm -f "$data/monitor.new"
  /usr/bin/node "$app/src/bin.js" backup "$data/monitor.new" --data "$checkout/data"
  chown ibc-monitor: "$data/monitor.new"
  mv "$data/monitor.new" "$data/monitor.sqlite"
fi

# --- The unit -------------------------------------------------------------------------------------------------------

cp "$app"/ibc-monitor.service "$app"/ibc-monitor@.service "$app"/ibc-monitor-failed@.service /etc/systemd/system/
systemctl daemon-reload
systemctl enable "$unit"
systemctl restart "$unit" || {
  journalctl --no-pager --lines 5 --output cat --unit "$unit" >&2
  fail 'it did not start: what it said stands above'
}
systemctl --no-pager --lines 0 status "$unit"
echo "Installed. It says how it is: systemctl status $unit. What it says: journalctl -u $unit. Is all well: cd $app && sudo node src/bin.js doctor ${which:---service}"
