#!/bin/sh
# S’exercer à restaurer, sans rien toucher de ce qui sert : la sauvegarde est remise dans un dossier à part, puis vérifiée.
#   exercice.sh VILLE DOSSIER HEURE
set -eu

here="$(dirname "$0")" city="$1" copies="$2" hour="$3"
agora="${AGORA:-$city/.venv/bin/agora}"
apart="$(mktemp -d)"
trap 'rm -rf "$apart"' EXIT

git clone --quiet "$city" "$apart/ville"
sh "$here/restaurer.sh" "$apart/ville" "$copies" "$hour"
$agora verify inbox --city "$apart/ville"
echo "L’exercice est réussi : cette sauvegarde se restaure."
