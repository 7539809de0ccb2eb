import { openText, sealText } from '../age/sealed-text.ts';
import type { DeliveryKey } from './delivery-key.ts';
import type { DeliveryKeyPair } from './jwe-key.ts';
import { type Binding, openJwe, sealJwe } from './jwe-text.ts';
import { openOpenpgp, sealOpenpgp } from './openpgp-text.ts';

/** What opens texts sealed to a delivery key of the same form; a secret. For `openpgp` the armored, unprotected secret key. */
export type DeliverySecret =
  | { readonly form: 'age'; readonly identity: string }
  | { readonly form: 'openpgp'; readonly secret_key: string }
  | ({ readonly form: 'jwe' } & DeliveryKeyPair);

/**
 * Seals a short text to a delivery key in the key's form: a binary age file, an armored OpenPGP message, a JWE in JSON. `binding` says what
 * it is for; JWE holds the opener to it, in the other forms the text itself has to say it. Refuses what `checkDeliveryKey` refuses.
 */
export async function sealDelivery(text: string, delivery: DeliveryKey, o: { binding: Binding; at: Date }): Promise<Uint8Array> {
  if (delivery.form === 'age') return sealText(text, [delivery.key]);
  if (delivery.form === 'openpgp') return sealOpenpgp(text, delivery.key, o.at);
  return sealJwe(text, delivery.key, o.binding);
}

/** Opens what `sealDelivery` sealed. Refuses with the codes of `openText`, `openOpenpgp` or `openJwe`. */
export async function openDelivery(bytes: Uint8Array, secret: DeliverySecret, o: { binding: Binding }): Promise<Uint8Array> {
  if (secret.form === 'age') return openText(bytes, [secret.identity]);
  if (secret.form === 'openpgp') return openOpenpgp(bytes, secret.secret_key);
  return openJwe(bytes, secret, o.binding);
}
