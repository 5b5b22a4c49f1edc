#!/usr/bin/env bash
# Install Debian or Ubuntu packages when root or passwordless sudo allows; otherwise name them and stop.
# Usage: system_packages.sh PACKAGE...
set -euo pipefail

if ! command -v apt-get >/dev/null; then
    echo "Il manque : $*. Installez ces paquets (ou leur équivalent) avec l'outil de votre système, puis recommencez." >&2
    exit 1
fi

if [ "$(id -u)" = 0 ]; then
    as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env)
else
    echo "Il manque : $*. Tapez : sudo apt-get install $*   puis recommencez." >&2
    exit 1
fi

echo "Installation des paquets du système : $*"
apt=("${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null; } </dev/null; then
    echo "L'installation de $* a échoué (voir ci-dessus). Vérifiez le réseau, puis recommencez." >&2
    exit 1
fi
