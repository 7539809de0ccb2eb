# call.py KEY.pem KEYID URL: one signed GET, with Python's standard library and the openssl command
import base64, secrets, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request

key, keyid, url = sys.argv[1:4]
parts = urllib.parse.urlsplit(url)
created = int(time.time())
params = (
    '("@method" "@authority" "@path" "@query")'
    f';created={created};expires={created + 60};nonce="{secrets.token_hex(16)}"'
    f';keyid="{keyid}";alg="ed25519";tag="sceau-v1"'
)
base = "\n".join([
    '"@method": GET',
    f'"@authority": {parts.netloc.lower()}',
    f'"@path": {parts.path}',
    f'"@query": ?{parts.query}',
    f'"@signature-params": {params}',
])
with tempfile.NamedTemporaryFile() as file:
    file.write(base.encode())
    file.flush()
    openssl = ["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", file.name]
    signature = subprocess.run(openssl, check=True, capture_output=True).stdout
request = urllib.request.Request(url, headers={
    "Signature-Input": f"sig1={params}",
    "Signature": f"sig1=:{base64.b64encode(signature).decode()}:",
})
try:
    with urllib.request.urlopen(request) as answer:
        sys.stdout.write(answer.read().decode())
except urllib.error.HTTPError as refused:
    sys.exit(refused.read().decode())
