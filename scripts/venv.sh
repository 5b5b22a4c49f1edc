#!/usr/bin/env bash
# Make the virtual environment .venv with Agora in it, or find it up to date.
# Usage: venv.sh site | dev     ("dev" adds what the tests need).  PYTHON=... chooses the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=$1
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV

recent_enough() {
    [ "$("$1" -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null)" = True ]
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if recent_enough "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    if [ -n "${PYTHON:-}" ]; then
        echo "« $PYTHON » n'est pas un Python 3.11 ou plus récent." >&2
    else
        echo "Aucun Python 3.11 ou plus récent. Installez-le (Debian, Ubuntu : sudo apt-get install python3 python3-venv)" >&2
        echo "ou indiquez-le : make site PYTHON=/chemin/vers/python3.12" >&2
    fi
    exit 1
}

# What was installed, and where: a changed list of packages or a moved folder asks for a new installation.
fingerprint() {
    { pwd; .venv/bin/python -V; cat pyproject.toml; } | cksum
}

installed() {
    [ "$(cat "$1" 2>/dev/null)" = "$(fingerprint 2>/dev/null)" ]
}

if recent_enough .venv/bin/python; then
    if installed .venv/agora-dev || { [ "$purpose" = site ] && installed .venv/agora-site; }; then
        exit 0
    fi
fi

if ! recent_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        bash scripts/system_packages.sh "$version-venv"
    fi
    echo "Création de l'environnement Python (.venv)"
    rm -rf .venv
    "$python" -m venv .venv
fi

rm -f .venv/agora-site .venv/agora-dev
if [ "$purpose" = dev ]; then target='.[dev]'; else target='.[intake,search,serve,social]'; fi
echo "Installation des paquets Python (une minute environ la première fois)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --editable "$target" </dev/null
fingerprint >".venv/agora-$purpose"
