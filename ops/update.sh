#!/usr/bin/env bash
# Updates the installed service: sudo /opt/ibc-monitor/ops/update.sh [VERSION]; to the newest, or to a tag or commit.
# The new version is installed beside the old one, and doctor looks with it; until then nothing is changed. Then it takes
# the old one's place, and goes back by itself, with the database of the backup, where it does not become ready. Killed
# half-way it goes back when it is run again, before anything else; where the power fails in between, the service starts
# with the version that is there (ExecStartPre=).
set -euo pipefail
# The service's user reads it, whoever called this.
umask 022

app=/opt/ibc-monitor new=$app.new old=$app.before
kept=/var/backups/ibc-monitor
# From before the new version takes its place until it is ready: the backups' folder; then "started".
mark=$kept/under-way

say() { echo "update.sh: $*"; }
fail() {
  say "$*" >&2
  exit 1
}
[[ $EUID == 0 ]] || fail 'run it as root: sudo ops/update.sh'
[[ -d $app || -d $old ]] || fail "there is no $app: ops/install.sh installs it"
# It moves itself away.
if [[ -z ${UPDATE_COPY:-} ]]; then
  UPDATE_COPY=$(mktemp)
  cat "$0" >"$UPDATE_COPY"
  UPDATE_COPY=$UPDATE_COPY exec bash "$UPDATE_COPY" "$@"
fi
trap 'rm -f "$UPDATE_COPY"' EXIT
finish() {
  rm -f "$UPDATE_COPY"
  if [[ -e $mark ]]; then
    say "it was broken off: run it again, and it goes back" >&2
  else
    rm -rf "$new" "$mark.new"
  fi
}
cd /
install -d -m 700 "$kept"
exec 9>"$kept/lock"
flock -n 9 || fail 'another update is under way'
trap finish EXIT

units() { systemctl list-units --all --plain --no-legend 'ibc-monitor.service' 'ibc-monitor@*.service' | cut -d' ' -f1; }
# monitor FOLDER UNIT COMMAND…: the program in FOLDER, about the service UNIT
monitor() {
  local folder=$1 unit=$2 which=(--service)
  shift 2
  [[ $unit != *@* ]] || which=(--instance "$(basename "${unit#*@}" .service)")
  /usr/bin/node "$folder/src/bin.js" "$@" "${which[@]}" 9>&-
}
# What is wrong, one a line; fails where the configuration cannot be read.
wrong() {
  local found code=0
  found=$(monitor "$1" "$2" doctor --json) || code=$?
  ((code < 2)) || return 2
  /usr/bin/node -e 'for (const { level, area, subject, text } of JSON.parse(fs.readFileSync(0, "utf8")).findings)
    if (level === "wrong") console.log(`${area}: ${subject}: ${text}`)' <<<"$found"
}
# Each as a whole or not at all: a disk that is full must not leave half of one.
take_units() {
  local file to
  for file in "$app"/ibc-monitor*.service; do
    to=/etc/systemd/system/${file##*/}
    cmp -s "$file" "$to" || { cp "$file" "$to.new" && mv "$to.new" "$to"; } || { rm -f "$to.new"; return 1; }
  done
  systemctl daemon-reload
}
# With Type=notify it has started when it is ready (TimeoutStartSec=); one that dies right after is not well either.
start() {
  systemctl reset-failed "$1" 2>/dev/null || true
  systemctl restart "$1" && sleep 5 && systemctl is-active --quiet "$1"
}

# back [untouched]: untouched where the new version cannot have run
back() {
  local folder='' unit phase=''
  { read -r folder && read -r phase || true; } <"$mark"
  # It is in its place: after a power cut it was started there.
  if [[ -z $phase && ${1:-} != untouched && -d $old && -d $app ]]; then
    phase=started
    echo started >>"$mark" || true
  fi
  # What runs is the new version.
  [[ -z $phase ]] || for unit in $(<"$folder/ran"); do systemctl stop "$unit"; done
  if [[ -d $old ]]; then
    say "going back to the version of before${phase:+, with the databases of $folder}"
    # The new version is where it was installed, or in its place.
    [[ ! -d $app ]] || { rm -rf "$new" && mv -T "$app" "$new"; }
    mv -T "$old" "$app" || [[ -d $app ]]
  fi
  take_units || say "the units in /etc/systemd/system are the new version's: copy $app/ibc-monitor*.service there"
  # Also where it was broken off right here.
  if [[ -n $phase ]]; then
    for unit in $(<"$folder/ran"); do
      monitor "$app" "$unit" restore "$folder/$unit.sqlite" || say "the database of $unit is as the new version left it"
      start "$unit" || say "$unit does not start either: journalctl -u $unit"
    done
    say 'What was told since the backup may come a second time: alerts that began, got worse or ended, reminders, the digest.'
    say "What users registered since then is gone, and the faucet's limits count from the backup on."
  fi
  rm -rf "$new" "$mark"
}

if [[ -e $mark ]]; then
  say 'an update was broken off'
  back
  exit 1
fi

# --- Nothing is changed yet -----------------------------------------------------------------------------------------

rm -rf "$new"
git -c advice.detachedHead=false clone --quiet "$app" "$new"
git -C "$new" remote set-url origin "$(git -C "$app" remote get-url origin)"
# A tag may stand elsewhere now.
git -C "$new" fetch --quiet --force --tags origin && git -C "$new" remote set-head origin --auto >/dev/null ||
  fail 'nothing could be fetched from the origin; nothing was changed'
# A branch is the origin's, not the one that was cloned here.
target=$(git -C "$new" rev-parse --verify --quiet "origin/${1:-HEAD}^{commit}") ||
  target=$(git -C "$new" rev-parse --verify --quiet "${1:-}^{commit}") || fail "there is no version ${1:-at the origin}"
before=$(git -C "$app" rev-parse HEAD)
if [[ $before == "$target" ]]; then
  say "it is up to date: $before"
  exit 0
fi
say "from $before to $target"
git -C "$new" -c advice.detachedHead=false checkout --quiet "$target"
npm ci --omit=dev --no-audit --no-fund --prefix "$new" || fail 'it could not be installed; nothing was changed'
folder=$kept/$(date +%Y-%m-%dT%H-%M-%S)
install -d -m 700 "$folder"
: >"$folder/ran"
for unit in $(units); do
  wrong "$app" "$unit" >"$folder/$unit.before" ||
    fail "the configuration of $unit cannot be read even now (is it in use? if not: systemctl reset-failed $unit); nothing was changed"
  wrong "$new" "$unit" >"$folder/$unit.after" || fail "the new version cannot read the configuration of $unit; nothing was changed"
  # What was wrong before too does not count.
  grep -vxFf "$folder/$unit.before" "$folder/$unit.after" | sed "s/^/update.sh: $unit, the doctor says: /" || true
  monitor "$app" "$unit" backup "$folder/$unit.sqlite" || fail 'no backup, no update; nothing was changed'
  # Also one that waits to be started again.
  case $(systemctl show "$unit" --value -p ActiveState) in active | activating | reloading) echo "$unit" >>"$folder/ran" ;; esac
done

# --- From here on back() mends it -----------------------------------------------------------------------------------

rm -rf "$old"
sync --file-system "$new"
{ echo "$folder" >"$mark.new" && sync "$mark.new" && mv "$mark.new" "$mark"; } || fail 'nothing can be written down; nothing was changed'
if ! { mv -T "$app" "$old" && mv -T "$new" "$app" && take_units && echo started >>"$mark" && sync "$mark"; }; then
  say 'it could not take the place of the old one'
  back untouched
  exit 1
fi
for unit in $(<"$folder/ran"); do
  if ! start "$unit"; then
    say "$unit did not become ready: journalctl -u $unit"
    back
    exit 1
  fi
done
rm "$mark"
say "done. The version of before is in $old, its databases in $folder."
# The last five are kept.
find "$kept" -mindepth 1 -maxdepth 1 -type d | sort | head -n -5 | xargs -r rm -r
