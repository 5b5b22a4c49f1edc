#!/bin/sh
# Remettre une sauvegarde faite par sauvegarder.sh. Arrêtez d’abord agora-intake et agora-relay.
#   restaurer.sh VILLE DOSSIER HEURE
# Ce qui était là est mis de côté, dans .agora/intake/avant/ : rien n’est détruit.
set -eu
umask 077

intake="$1/.agora/intake" copies="$2" hour="$3"
test -f "$copies/journal-$hour.sqlite" || { echo "Il n’y a pas de $copies/journal-$hour.sqlite" >&2; exit 1; }
test ! -e "$intake/avant" || { echo "Rangez d’abord $intake/avant : une restauration y a mis ce qu’elle a trouvé" >&2; exit 1; }

mkdir -p "$intake/avant"
for name in journal.sqlite journal.sqlite-wal journal.sqlite-shm; do
    if [ -e "$intake/$name" ]; then mv "$intake/$name" "$intake/avant/"; fi
done
cp "$copies/journal-$hour.sqlite" "$intake/journal.sqlite"

if [ -f "$copies/depot-$hour.bundle" ]; then
    if [ -d "$intake/forge.git" ]; then mv "$intake/forge.git" "$intake/avant/"; fi
    git clone --quiet --mirror "$copies/depot-$hour.bundle" "$intake/forge.git"
    git -C "$intake/forge.git" remote remove origin
fi
echo "Restauré : $intake, heure $hour"
