#!/usr/bin/env bash
# The second step of action.yml. Exits with the exit code of `cosup sync`.
set -uo pipefail
flags=(--state-dir "${SYNC_STATE:-$RUNNER_TEMP/cosup-state}")
if [ "$SYNC_DELETE" = true ]; then flags+=(--delete); fi
while IFS= read -r flag; do
  if [ -n "$flag" ]; then flags+=("$flag"); fi
done <<< "$SYNC_FLAGS"
# A flag for each input that is set, because an empty variable is not an absent one.
for name in COS_TOKEN COS_REGION COS_ENDPOINT; do
  if [ -z "${!name}" ]; then unset "$name"; fi
done
"$RUNNER_TEMP/cosup/node_modules/.bin/cosup" sync "$SYNC_SOURCE" "$SYNC_TARGET" --json "${flags[@]}" |
  node "$(dirname "$0")/summary.mjs"
exit "${PIPESTATUS[0]}"
