import type { Words } from '../words.ts';

export const developers: Words['developers'] = {
  title: 'Call this portal from a program',
  lead: 'Everything that the pages show can be read as JSON too. Open data ask for nothing; for the rest a program signs its calls, without any particular library.',
  open_title: 'Read the catalogue and open data',
  open_text: 'Without account and without key.',
  open_lines: 'Search',
  openapi: 'The whole interface, described (OpenAPI)',
  key_title: 'Give a key to a program',
  key_text: 'On the computer that holds your keys, add an application: it gets a file application.pem and a number (keyid), and may only do what you allow.',
  key_lines: 'Add an application',
  computer: 'My computer',
  application: 'Dashboard',
  call_lines: 'Try it: make the call, or print it for curl',
  manage: 'See your applications and stop them',
  signed_title: 'Sign a call yourself',
  signed_text: 'The signature follows RFC 9421. These programs use only what their language brings, and the tool openssl where it lacks Ed25519.',
  rules: [
    'Signed, in this order: @method, @authority, @path, @query; with a body also content-digest (SHA-256, RFC 9530) and content-type.',
    'Parameters, in this order: created, expires (60 seconds later at most), nonce (16 random bytes), keyid, alg (ed25519 or ecdsa-p256-sha256), tag="sceau-v1".',
    'A call counts once. A clock that is off by more than a minute has everything refused.',
    'A refusal says 401 when the call is not recognised, 403 when the application may not, 429 beyond 5,000 calls an hour.',
  ],
  run: 'Run it',
};
