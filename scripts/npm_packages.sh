#!/usr/bin/env bash
# Install exactly what a folder's package-lock.json lists, or find it up to date.  Usage: npm_packages.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../$1"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Il manque Node.js 20 ou plus récent, et npm (Debian 13, Ubuntu 25.04 et suivants : sudo apt-get install nodejs npm ;" >&2
    echo "ailleurs : https://nodejs.org/fr/download)." >&2
    exit 1
fi
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then
    echo "Node.js $(node --version) est trop ancien : il faut la version 20 ou une plus récente (https://nodejs.org/fr/download)." >&2
    exit 1
fi

stamp=node_modules/.agora-installed
fingerprint=$(cat package.json package-lock.json | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$fingerprint" ]; then
    exit 0
fi

echo "Installation des paquets du navigateur ($1/package-lock.json)"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >/dev/null
echo "$fingerprint" >"$stamp"
