import { fingerprintOf } from '../fingerprint.ts';
import { recipientKind } from '../age/recipient.ts';
import { type DeliveryJwk, deliveryKid, parseDeliveryJwk } from './jwe-key.ts';
import { readBareOpenpgpKey } from './openpgp-key.ts';

/** A key that texts are sealed to: an age recipient, a bare OpenPGP key (armored), or a JWK. */
export type DeliveryKey =
  | { readonly form: 'age'; readonly key: string }
  | { readonly form: 'openpgp'; readonly key: string }
  | { readonly form: 'jwe'; readonly key: DeliveryJwk };

/** The forms in which a text is sealed. */
export type DeliveryForm = DeliveryKey['form'];

/** The thirty digits of a delivery key: of its form and its one text (recipient, armored bare key, thumbprint). */
export function deliveryFingerprint(delivery: DeliveryKey): string {
  return fingerprintOf(delivery.form, delivery.form === 'jwe' ? deliveryKid(delivery.key) : delivery.key);
}

/**
 * The gate for a delivery key: whether one may seal to it at `at`. Refuses with `malformed_recipient`, the codes of
 * `readBareOpenpgpKey`, `key_not_allowed` or `malformed_key`.
 */
export async function checkDeliveryKey(delivery: DeliveryKey, at: Date): Promise<void> {
  if (delivery.form === 'age') recipientKind(delivery.key);
  else if (delivery.form === 'openpgp') await readBareOpenpgpKey(delivery.key, at);
  else parseDeliveryJwk(delivery.key);
}
