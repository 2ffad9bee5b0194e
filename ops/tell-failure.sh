#!/bin/sh
# tell-failure.sh UNIT again|ended: one line that UNIT has failed, and why where the program could say it: through the
# webhook DISCORD_WEBHOOK_URL, or by the bot's own account where the configuration named a channel. UNIT is a service, or
# the NAME of ibc-monitor@NAME.
# `again`: it is started again (ExecStopPost=); told once an hour. `ended`: for good (OnFailure=).
set -eu
case $1 in *.service) unit=$1 ;; *) unit=ibc-monitor@$1.service ;; esac
folder=${RUNTIME_DIRECTORY:-/run/$(echo "${unit%.service}" | tr @ -)}
# systemd before 251 says nothing of another unit.
result=${SERVICE_RESULT:-${MONITOR_SERVICE_RESULT:-}} status=${EXIT_STATUS:-${MONITOR_EXIT_STATUS:-?}}
if [ "$2" = again ]; then
  [ "$result" != success ] && [ "$status" != 2 ] || exit 0
  [ -z "$(find "$folder/told" -mmin -60 2>/dev/null)" ] || exit 0
  text="and is started again in 30 s; this is said once an hour. What it says: journalctl -u $unit"
else
  text="and is not started again: nobody watches. What is wrong: journalctl -u $unit"
fi
note() { cat "$folder/$1" 2>/dev/null || true; }
why=$(note why)
# By its host alone, and the unit's name is of letters, digits and .:_@-
line="⚠️ $unit on $(uname -n) failed${result:+ ($result, $status)} $text${why:+ Why: $why}"
body="{\"content\":\"$line\",\"allowed_mentions\":{\"parse\":[]}}"

# secret NAME: from the environment, a file or a credential
secret() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  for file in "$file" "${CREDENTIALS_DIRECTORY:-}/$1"; do
    [ -n "$value" ] || [ ! -r "$file" ] || value=$(cat "$file")
  done
  echo "$value"
}
# post URL [AUTHORIZATION]
post() {
  if command -v curl >/dev/null; then
    # The address is a secret: not among the arguments, which everybody can see.
    printf 'url = "%s"\nheader = "authorization: %s"\n' "$1" "${2:-}" |
      curl --config - --silent --show-error --fail --max-time 20 --retry 2 --user-agent 'DiscordBot (ibc-monitor, 1)' \
        --header 'content-type: application/json' --output /dev/null --data "$body"
  else
    URL=$1 AUTHORIZATION=${2:-} BODY=$body node -e 'const { URL: url, AUTHORIZATION: authorization, BODY: body } = process.env
      fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...(authorization && { authorization }) } })
      .then((answer) => { if (!answer.ok) throw new Error(answer.status) })
      .catch(({ message }) => { console.error(message); process.exitCode = 1 })'
  fi
}
webhook=$(secret DISCORD_WEBHOOK_URL) token=$(secret DISCORD_TOKEN) channel=$(note where)
if [ -n "$webhook" ] && post "$webhook"; then
  :
elif [ -n "$channel" ] && [ -n "$token" ]; then
  post "${DISCORD_API_BASE:-https://discord.com/api}/v10/channels/$channel/messages" "Bot $token"
else
  echo "Nothing was told: there is no DISCORD_WEBHOOK_URL that works, and no alerts.channel that the bot has started with." >&2
  exit 1
fi
# What could not be told is tried again at the next failure.
[ "$2" != again ] || touch "$folder/told"
