import { type ContentKey, decodeUtf8, openText, parseContentKey } from '#crypto';
import { ClientError, refusingAsync } from '../errors.ts';
import type { KeyPackage } from './verify-key-release.ts';

/** What the content key must be for, out of the signed manifest. */
export interface ExpectedContentKey {
  dataset_id: string;
  epoch: number;
  recipient: string;
}

/**
 * Opens a verified key package with the consumer's age identity and checks that the content key is the signed manifest's: recipient
 * derived anew, dataset and epoch lines. Refuses with `package_refused` or `content_key_mismatch`.
 */
export async function openKeyPackage(pack: KeyPackage, identity: string, expected: ExpectedContentKey): Promise<ContentKey> {
  if (pack.form !== 'age') throw new ClientError('package_refused', `A package of form ${pack.form} is not opened here.`, { reason: 'form' });
  const key = await refusingAsync('package_refused', 'The key package does not open.', async () => parseContentKey(decodeUtf8(await openText(pack.bytes, [identity]))));
  return checkContentKey(key, expected);
}

/** The content key if it is the one of the signed manifest; `content_key_mismatch` otherwise. */
export function checkContentKey(key: ContentKey, expected: ExpectedContentKey): ContentKey {
  if (key.recipient !== expected.recipient || key.dataset_id !== expected.dataset_id || key.epoch !== expected.epoch) {
    throw new ClientError('content_key_mismatch', 'The content key is not the one that the signed manifest names.', { facts: { epoch: expected.epoch } });
  }
  return key;
}
