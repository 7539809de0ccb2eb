#!/bin/sh
# call.sh KEY.pem KEYID URL: one signed GET, with curl and openssl 3 alone
key=$1 keyid=$2 url=$3
rest=${url#*://}; authority=${rest%%/*}; target=/${rest#*/}
path=${target%%\?*}; query=?; case $target in *\?*) query=?${target#*\?};; esac
created=$(date +%s)
nonce=$(openssl rand -hex 16)
params="(\"@method\" \"@authority\" \"@path\" \"@query\");created=$created;expires=$((created + 60));nonce=\"$nonce\";keyid=\"$keyid\";alg=\"ed25519\";tag=\"sceau-v1\""
base=$(mktemp); trap 'rm -f "$base"' EXIT
printf '"@method": GET\n"@authority": %s\n"@path": %s\n"@query": %s\n"@signature-params": %s' "$authority" "$path" "$query" "$params" > "$base"
signature=$(openssl pkeyutl -sign -inkey "$key" -rawin -in "$base" | openssl base64 -A)
exec curl -sS --fail-with-body -H "Signature-Input: sig1=$params" -H "Signature: sig1=:$signature:" "$url"
