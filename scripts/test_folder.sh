#!/usr/bin/env bash
# Print the folder where tests should write: memory, where it has room, spares them waiting for the disk.
set -euo pipefail
memory=/dev/shm
needed=4000000 # kB
room() { df -Pk "$memory" | awk 'NR == 2 { print $4 }'; }
runs_programs() {
    local file
    file=$(mktemp -p "$memory" 2>/dev/null) || return
    printf '#!/bin/sh\n' >"$file"
    chmod +x "$file"
    "$file" 2>/dev/null
    local said=$?
    rm -f "$file"
    return $said
}
if [ -z "${TMPDIR:-}" ] && [ -d "$memory" ] && [ "$(room)" -gt "$needed" ] && runs_programs; then
    echo "$memory"
else
    echo "${TMPDIR:-/tmp}"
fi
