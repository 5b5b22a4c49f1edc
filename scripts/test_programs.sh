#!/usr/bin/env bash
# Find the programs that the browser tests drive, Chromium and Java 11 or later; install what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

has_chromium() {
    command -v chromium || command -v google-chrome || playwright_chromium
}

playwright_chromium() {
    .venv/bin/python - <<'END'
import os
import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
END
}

has_java() {
    # "openjdk 17.0.9 2023-10-17", and "java version 1.8.0_392" on standard error for the old ones
    local major
    major=$(java -version 2>&1 | sed -n '1s/[^0-9]*\([0-9][0-9]*\).*/\1/p')
    [ "${major:-0}" -ge 11 ]
}

packages=()
has_java >/dev/null 2>&1 || packages+=(default-jre-headless)
if ! has_chromium >/dev/null; then
    if grep -qs '^ID=ubuntu' /etc/os-release; then
        # Ubuntu's package is a snap, which does not run in containers: take the one Playwright knows.
        echo "Installation de Chromium (Playwright)"
        .venv/bin/python -m playwright install --with-deps chromium </dev/null
    else
        packages+=(chromium)
    fi
fi
# What the tests of reproducible builds need: another clock, another order of files, other locales.
command -v faketime >/dev/null || packages+=(faketime)
command -v disorderfs >/dev/null || packages+=(disorderfs)
[ -d /usr/share/i18n/locales ] || packages+=(locales)
# A journal shared by several endpoints is tested on the real thing.
compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null || packages+=(postgresql)
# What a city puts before its site, with the configuration of docs/serveur.
[ -x "$(PATH="$PATH:/usr/sbin" command -v nginx)" ] || packages+=(nginx-light)
# What draws the PDF files.
for library in libpango-1.0:libpango-1.0-0 libpangoft2-1.0:libpangoft2-1.0-0 libharfbuzz-subset:libharfbuzz-subset0; do
    [[ $(/sbin/ldconfig -p) == *"${library%%:*}.so."* ]] || packages+=("${library##*:}")
done
# What makes faults: system calls that fail, a file system of our own, commits that are not written, slow readers.
for program in strace:strace fusermount3:fuse3 eatmydata:eatmydata slowhttptest:slowhttptest; do
    command -v "${program%%:*}" >/dev/null || packages+=("${program##*:}")
done
[ ${#packages[@]} = 0 ] || bash scripts/system_packages.sh "${packages[@]}"
