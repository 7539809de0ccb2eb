import { type ContentKey, deliveryFingerprint, type DeliverySecret, openKeyPackage as openSealedPackage, recipientOf } from '#crypto';
import { ClientError, refusingAsync } from '../errors.ts';
import type { KeyPackage } from './verify-key-release.ts';

/** What the content key must be for, out of the grant and the signed manifest. */
export interface ExpectedContentKey {
  grant_id: string;
  dataset_id: string;
  epoch: number;
  recipient: string;
}

/** The thirty digits of the delivery key that a secret belongs to; only of those that are opened here, `age` and `jwe`. */
export async function fingerprintOfSecret(secret: DeliverySecret): Promise<string> {
  if (secret.form === 'age') return deliveryFingerprint({ form: 'age', key: await recipientOf(secret.identity) });
  if (secret.form === 'jwe') return deliveryFingerprint({ form: 'jwe', key: secret.public_jwk });
  throw new ClientError('bad_input', 'OpenPGP packages are opened by gpg.', { facts: { value: 'openpgp' } });
}

/**
 * Opens a verified key package with the consumer's secret of the same form and checks that the content key is the signed manifest's:
 * recipient derived anew, dataset and epoch lines. Refuses with `package_refused` or `content_key_mismatch`.
 */
export async function openKeyPackage(pack: KeyPackage, secret: DeliverySecret, expected: ExpectedContentKey): Promise<ContentKey> {
  if (pack.form !== secret.form) throw new ClientError('package_refused', `A package of form ${pack.form} does not open with a key of form ${secret.form}.`, { reason: 'form' });
  const key = await refusingAsync('package_refused', 'The key package does not open.', () => openSealedPackage(pack.bytes, secret, expected)).catch((cause: unknown) => {
    if (cause instanceof ClientError && cause.reason === 'package_mismatch') throw mismatch(expected, cause);
    throw cause;
  });
  return checkContentKey(key, expected);
}

/** The content key if it is the one of the signed manifest; `content_key_mismatch` otherwise. */
export function checkContentKey(key: ContentKey, expected: ExpectedContentKey): ContentKey {
  if (key.recipient !== expected.recipient || key.dataset_id !== expected.dataset_id || key.epoch !== expected.epoch) throw mismatch(expected);
  return key;
}

function mismatch(expected: ExpectedContentKey, cause?: unknown): ClientError {
  return new ClientError('content_key_mismatch', 'The content key is not the one that the signed manifest names.', { cause, facts: { epoch: expected.epoch } });
}
