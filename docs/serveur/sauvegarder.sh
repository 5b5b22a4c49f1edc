#!/bin/sh
# Sauvegarder ce que le point d’entrée a reçu, sans l’arrêter : le journal, et le dépôt où naissent les branches.
#   sauvegarder.sh VILLE DOSSIER
# Chaque heure du jour a sa copie, qui remplace celle de la veille : ce qui a été effacé disparaît des copies en un jour.
# La clé n’est pas copiée : gardez-la ailleurs.
set -eu
umask 077

intake="$1/.agora/intake" copies="$2" hour="$(date +%H)"
mkdir -p "$copies"

# Une base ouverte ne se copie pas comme un fichier.
sqlite3 "$intake/journal.sqlite" ".backup '$copies/journal.tmp'"
test "$(sqlite3 "$copies/journal.tmp" 'PRAGMA integrity_check')" = ok
mv "$copies/journal.tmp" "$copies/journal-$hour.sqlite"

# Avec une forge GitHub, GitLab ou Forgejo, les branches sont là-bas : il n’y a pas de dépôt ici.
if [ -d "$intake/forge.git" ]; then
    git -C "$intake/forge.git" bundle create --quiet "$copies/depot.tmp" --all
    mv "$copies/depot.tmp" "$copies/depot-$hour.bundle"
fi
echo "Sauvegardé : $copies, heure $hour"
