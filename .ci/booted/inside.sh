#!/usr/bin/env bash
# In the booted machine, as root: installs the service by the commands of docs/operating.md and tries it. $LEVERS: the world's.
set -euo pipefail
checkout=/home/ann/ibc-monitor
said() { curl -s "$LEVERS/lines"; }
say() { printf '%3s s  %s\n' "$SECONDS" "$*"; }
fail() {
  echo "FAILED: $*"
  systemctl --no-pager status ibc-monitor || true
  journalctl --no-pager -n 30 -u ibc-monitor | cut -c1-300
  said | tail -5
  exit 1
}
# until_ SECONDS COMMAND…
until_() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "not within its time: $*"
    sleep 0.3
  done
}
show() { systemctl show ibc-monitor --value -p "$1"; }
status_has() { [[ $(show StatusText) == *"$1"* ]]; }
said_has() { said | grep -qF -- "$1"; }
sub_is() { [[ $(show SubState) == "$1" ]]; }
restored() { find /var/lib/ibc-monitor -name '*.before-restore-*' | wc -l; }
pid_is_not() { [[ $(show MainPID) != "$1" && $(show MainPID) != 0 && $(show ActiveState) == active ]]; }
# docs HEADING: the first block of commands below it, as typed
docs() { awk -v heading="$1" '$0 == heading { on = 1; next } on && /^```/ { if (++fences == 2) exit; next } on && fences' "$checkout/docs/operating.md"; }
typed() {
  local commands
  commands=$(docs "$1")
  [[ -n $commands ]] || fail "no commands below $1"
  echo "$commands" | sed 's/^/     $ /'
  su ann -c "cd $checkout && set -e; $commands"
}

install_it() {
  # By somebody whose files nobody else may read.
  (umask 077 && typed '## As a service (systemd)')
  until_ 60 status_has '2 of 2 chains seen'
  say "$(show StatusText)"
  [[ $(show NRestarts) == 0 && $(show Type) == notify ]] || fail 'it did not come up at once'
  said_has '07-tendermint-0' || fail 'nothing was told'
  [[ $(/usr/bin/node /opt/ibc-monitor/src/bin.js doctor --service --json | grep -c '"level": "wrong"') -le 3 ]] || fail 'doctor --service'
  typed '## As a service (systemd)' # again
  until_ 60 status_has '2 of 2 chains seen'
  [[ $(said | grep -c 07-tendermint-0) == 1 ]] || fail 'told twice'

  ! "$checkout/ops/install.sh" --help 2>/dev/null || fail 'an option was taken for a name'
  # What config.ts imports is not left behind without a word.
  cp "$checkout/config.ts" /root/config.ts
  echo "import { x } from '../x.ts'" >>"$checkout/config.ts"
  [[ $("$checkout/ops/install.sh" second 2>&1) == *"(from '../x.ts')"* && ! -e /etc/ibc-monitor/second ]] || fail 'an import'
  cp /root/config.ts "$checkout/config.ts"
  sed -i "s|'./src/config.ts'|\"./src/config.ts\"|" "$checkout/config.ts"
  # From a folder with another name, as people have.
  ln -s "$checkout" '/root/a #1 b%20c'
  [[ $('/root/a #1 b%20c/ops/install.sh' second) == *'doctor --instance second' ]] || fail 'how the second one is asked'
  cp /root/config.ts "$checkout/config.ts"
  [[ $(systemctl show ibc-monitor@second --value -p ActiveState,NRestarts | xargs) =~ ^(active 0|0 active)$ ]] || fail 'the second one'
  /usr/bin/node /opt/ibc-monitor/src/bin.js backup /root/second.sqlite --instance second
  systemctl disable --quiet --now ibc-monitor@second
  /usr/bin/node /opt/ibc-monitor/src/bin.js restore /root/second.sqlite --instance second
  [[ $(stat -c %U /var/lib/ibc-monitor-second/monitor.sqlite) == ibc-monitor ]] || fail 'whose is it'
  say 'ibc-monitor@second: installed, backup and restore'
}

reload_it() {
  local pid
  pid=$(show MainPID)
  sed -i "s/remindEvery: '24h'/remindEvery: '12h'/" /etc/ibc-monitor/config.ts
  systemctl reload ibc-monitor
  until_ 30 said_has 'alerts.remindEvery: 24h → 12h'
  echo 'export default {' >/etc/ibc-monitor/broken && cp /etc/ibc-monitor/config.ts /etc/ibc-monitor/kept && cp /etc/ibc-monitor/broken /etc/ibc-monitor/config.ts
  systemctl reload ibc-monitor
  until_ 30 said_has 'is not taken'
  cp /etc/ibc-monitor/kept /etc/ibc-monitor/config.ts
  [[ $(show MainPID) == "$pid" ]] || fail 'it is another process'
  say 'reload: taken, refused, the same process'
}

# The watchdog waits 8 s now: 24 s of each fault are what three minutes are with 60 s.
watch_it() {
  local pid
  install -d /etc/systemd/system/ibc-monitor.service.d
  printf '[Service]\nWatchdogSec=8\nRestartSec=1\n' >/etc/systemd/system/ibc-monitor.service.d/ci.conf
  systemctl daemon-reload
  systemctl stop ibc-monitor
  mv /var/lib/ibc-monitor /var/lib/kept && install -d -m 700 -o ibc-monitor -g ibc-monitor /var/lib/ibc-monitor
  mount -t tmpfs -o size=24m,mode=700,uid="$(id -u ibc-monitor)",gid="$(id -g ibc-monitor)" none /var/lib/ibc-monitor
  cp -a /var/lib/kept/monitor.sqlite /var/lib/ibc-monitor/
  systemctl start ibc-monitor
  pid=$(show MainPID)
  curl -s "$LEVERS/outage" >/dev/null
  head -c 30M /dev/zero >/var/lib/ibc-monitor/full 2>/dev/null || true
  sleep 24
  [[ $(show MainPID) == "$pid" ]] || fail 'an outage of Discord and a full disk: it was restarted'
  rm /var/lib/ibc-monitor/full
  node "$checkout/.ci/booted/lock.mjs" /opt/ibc-monitor /var/lib/ibc-monitor/monitor.sqlite 24
  [[ $(show MainPID) == "$pid" && $(show NRestarts) == 0 ]] || fail 'a locked database: it was restarted'
  curl -s "$LEVERS/well" >/dev/null
  say 'Discord gone for 48 s, a full disk for 24 s, a locked database for 24 s: not restarted'

  kill -STOP "$pid"
  until_ 40 pid_is_not "$pid"
  until_ 40 said_has 'failed (watchdog'
  say "SIGSTOP: restarted. $(said | grep -F 'failed (watchdog' | tail -1)"
  pid=$(show MainPID)
  # In the configuration, which is a program: once the file is there, the event loop does not turn.
  { echo "import { existsSync } from 'node:fs'" && echo "setInterval(() => { while (existsSync('/etc/ibc-monitor/hang')); }, 500).unref()" && cat /etc/ibc-monitor/kept; } >/etc/ibc-monitor/config.ts
  systemctl restart ibc-monitor
  pid=$(show MainPID)
  touch /etc/ibc-monitor/hang
  until_ 40 is_gone "$pid"
  rm /etc/ibc-monitor/hang
  until_ 40 pid_is_not "$pid"
  cp /etc/ibc-monitor/kept /etc/ibc-monitor/config.ts
  systemctl restart ibc-monitor
  say 'while (true): restarted'

  cp /etc/ibc-monitor/broken /etc/ibc-monitor/config.ts
  systemctl restart ibc-monitor 2>/dev/null || true
  until_ 30 said_has 'and is not started again'
  say "a broken configuration at the start: $(said | tail -1)"
  cp /etc/ibc-monitor/kept /etc/ibc-monitor/config.ts
  systemctl stop ibc-monitor
  umount /var/lib/ibc-monitor && rmdir /var/lib/ibc-monitor && mv /var/lib/kept /var/lib/ibc-monitor
  rm -r /etc/systemd/system/ibc-monitor.service.d && systemctl daemon-reload
  systemctl start ibc-monitor
}
is_gone() { ! kill -0 "$1"; }

# commit MESSAGE: a new version in the place that updates come from
commit() { git -C /srv/origin add -A && git -C /srv/origin -c user.name=ci -c user.email=ci@localhost commit -qm "$1"; }
version() { git -C /opt/ibc-monitor rev-parse HEAD; }

update_it() {
  local before good
  before=$(version)
  echo '// A new version.' >>/srv/origin/src/version.ts && commit 'a new version'
  good=$(git -C /srv/origin rev-parse HEAD)
  # A tag that stands elsewhere since.
  git -C /opt/ibc-monitor tag moved && git -C /srv/origin tag moved
  (umask 077 && typed '## Update')
  [[ $(version) == "$good" && $(show ActiveState) == active ]] || fail 'the update'
  say "update: $before to $good"

  sed -i '1a throw new Error("this version does not start")' /srv/origin/src/app.ts
  echo '# changed' >>/srv/origin/ibc-monitor.service && commit 'a version that does not start'
  # While it waits to be started again.
  install -d /etc/systemd/system/ibc-monitor.service.d
  printf '[Service]\nRestartSec=600\n' >/etc/systemd/system/ibc-monitor.service.d/ci.conf
  systemctl daemon-reload
  kill -KILL "$(show MainPID)"
  until_ 20 sub_is auto-restart
  ! /opt/ibc-monitor/ops/update.sh || fail 'a version that does not start was taken for good'
  [[ $(version) == "$good" && $(show ActiveState) == active ]] || fail 'the way back'
  rm -r /etc/systemd/system/ibc-monitor.service.d && systemctl daemon-reload
  until_ 60 status_has '2 of 2 chains seen'
  say 'a version that does not start, over one that waited to be started again: back by itself'

  # Killed while the new version takes its place.
  /opt/ibc-monitor/ops/update.sh >/dev/null 2>&1 &
  until_ 60 test -e /var/backups/ibc-monitor/under-way
  kill -KILL $! && wait $! 2>/dev/null || true
  [[ -e /var/backups/ibc-monitor/under-way ]] || fail 'it was not killed in time'
  sleep 2
  # Nor can the units be written.
  mkdir /etc/systemd/system/ibc-monitor.service.new
  ! /opt/ibc-monitor.before/ops/update.sh || fail 'the update after one that was killed'
  rm -r /etc/systemd/system/ibc-monitor.service.new
  [[ $(version) == "$good" && ! -e /var/backups/ibc-monitor/under-way ]] || fail 'killed'
  until_ 60 status_has '2 of 2 chains seen'
  say 'killed half-way: the next run went back'

  # Killed between its two steps.
  mkdir /var/backups/ibc-monitor/none
  echo /var/backups/ibc-monitor/none >/var/backups/ibc-monitor/under-way
  rm -rf /opt/ibc-monitor.before && mv /opt/ibc-monitor /opt/ibc-monitor.before
  ! /opt/ibc-monitor.before/ops/update.sh || fail 'the update after one that was killed between its steps'
  [[ $(version) == "$good" && $(show ActiveState) == active ]] || fail 'killed between its steps'

  # The power failed there, and the machine boots.
  systemctl stop ibc-monitor
  echo /var/backups/ibc-monitor/none >/var/backups/ibc-monitor/under-way
  mv /opt/ibc-monitor /opt/ibc-monitor.before
  systemctl start ibc-monitor || fail 'a power cut between its steps'
  ! /opt/ibc-monitor/ops/update.sh || fail 'the update after a power cut'
  [[ $(version) == "$good" && $(show ActiveState) == active ]] || fail 'the update after a power cut'
  # Right after it, the new version was started at the boot: the database is not the old one's any more.
  before=$(restored)
  echo ibc-monitor.service >/var/backups/ibc-monitor/none/ran
  /usr/bin/node /opt/ibc-monitor/src/bin.js backup /var/backups/ibc-monitor/none/ibc-monitor.service.sqlite --service
  echo /var/backups/ibc-monitor/none >/var/backups/ibc-monitor/under-way
  cp -a /opt/ibc-monitor /opt/ibc-monitor.before
  ! /opt/ibc-monitor/ops/update.sh || fail 'the update after a power cut behind the swap'
  (($(restored) > before)) && [[ $(show ActiveState) == active ]] || fail 'a power cut behind the swap'
  say 'power cuts: it starts, and goes back with its database'

  # No room for the backups.
  mount -t tmpfs -o size=100k none /var/backups/ibc-monitor
  ! /opt/ibc-monitor/ops/update.sh >/root/said 2>&1 || fail 'an update without room'
  grep 'no backup, no update' /root/said || fail "not for want of room: $(tail -5 /root/said)"
  [[ ! -e /opt/ibc-monitor.new ]] || fail 'what was fetched takes room'
  umount /var/backups/ibc-monitor
  [[ $(version) == "$good" && $(show ActiveState) == active ]] || fail 'without room'
  mv /srv/origin /srv/away
  ! /opt/ibc-monitor/ops/update.sh >/root/said 2>&1 || fail 'an update from nowhere'
  grep 'nothing was changed' /root/said || fail "nothing to fetch: $(tail -5 /root/said)"
  mv /srv/away /srv/origin
  say 'no room, no network: nothing was changed'

  /usr/bin/node /opt/ibc-monitor/src/bin.js backup /root/b.sqlite --service
  systemctl stop ibc-monitor
  /usr/bin/node /opt/ibc-monitor/src/bin.js restore /root/b.sqlite --service
  systemctl start ibc-monitor
  until_ 60 status_has '2 of 2 chains seen'
  say 'backup and restore of the service'
}

by_hand() {
  systemctl disable --now ibc-monitor
  rm -rf /opt/ibc-monitor /etc/ibc-monitor /var/lib/ibc-monitor /etc/systemd/system/ibc-monitor*
  userdel ibc-monitor
  typed '### By hand'
  until_ 60 status_has '2 of 2 chains seen'
  say 'by hand'

  su ann -c "git -C $checkout -c user.name=ann -c user.email=ann@localhost commit --allow-empty -qm newer"
  typed '### Update by hand'
  [[ $(version) == $(git -C "$checkout" -c safe.directory="$checkout" rev-parse HEAD) ]] || fail 'the update by hand'
  until_ 60 status_has '2 of 2 chains seen'
  say 'updated by hand'
}

for part in "${@:-install_it}"; do "$part"; done
