#!/bin/sh
# tell-failure.sh UNIT again|ended: one line through the webhook DISCORD_WEBHOOK_URL that UNIT has failed. UNIT is a
# service, or the NAME of ibc-monitor@NAME.
# `again`: it is started again (ExecStopPost=); told once an hour. `ended`: for good (OnFailure=).
set -eu
case $1 in *.service) unit=$1 ;; *) unit=ibc-monitor@$1.service ;; esac
result=${SERVICE_RESULT:-${MONITOR_SERVICE_RESULT:-failed}} status=${EXIT_STATUS:-${MONITOR_EXIT_STATUS:-?}}
if [ "$2" = again ]; then
  [ "$result" != success ] && [ "$status" != 2 ] || exit 0
  stamp=${RUNTIME_DIRECTORY:-/tmp}/told
  [ -z "$(find "$stamp" -mmin -60 2>/dev/null)" ] || exit 0
  touch "$stamp"
  text="is started again in 30 s; this is said once an hour. What it says: journalctl -u $unit"
else
  text="and is not started again: nobody watches. What is wrong: journalctl -u $unit"
fi
secret=${DISCORD_WEBHOOK_URL:-}
for file in "${DISCORD_WEBHOOK_URL_FILE:-}" "${CREDENTIALS_DIRECTORY:-}/DISCORD_WEBHOOK_URL"; do
  [ -n "$secret" ] || [ ! -r "$file" ] || secret=$(cat "$file")
done
if [ -z "$secret" ]; then
  echo "Nothing was told: DISCORD_WEBHOOK_URL is not set (the bot's own webhook of alerts.channel is known to the bot alone)." >&2
  exit 0
fi
# By its host alone, and the unit's name is of letters, digits and .:_@-
line="⚠️ $unit on $(uname -n) failed ($result, $status) $text"
body="{\"content\":\"$line\",\"allowed_mentions\":{\"parse\":[]}}"
if command -v curl >/dev/null; then
  # The address is a secret: not among the arguments, which everybody can see.
  printf 'url = "%s"\n' "$secret" |
    curl --config - --silent --show-error --fail --max-time 20 --retry 2 --header 'content-type: application/json' --data "$body"
else
  SECRET=$secret BODY=$body node -e 'fetch(process.env.SECRET, { method: "POST", body: process.env.BODY,
    headers: { "content-type": "application/json" } }).then((answer) => { if (!answer.ok) throw new Error(answer.status) })
    .catch(({ message }) => { console.error(message); process.exitCode = 1 })'
fi
