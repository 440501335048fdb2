#!/bin/sh
# Start the service that this image holds. A secret that is mounted as a file becomes the setting
# of its name: /run/secrets/newswire_admin_key is NEWSWIRE_ADMIN_KEY. So no key need stand in the
# environment that `docker inspect` shows. What the environment already says wins.
set -eu
for file in "${SECRETS:-/run/secrets}"/newswire_*; do
  [ -r "$file" ] || continue
  name=$(basename "$file" | tr '[:lower:]' '[:upper:]')
  if [ -z "$(printenv "$name" || true)" ]; then export "$name=$(cat "$file")"; fi
done
exec python -m "newswire_$SERVICE"
