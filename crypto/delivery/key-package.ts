import { type ContentKey, parseContentKey } from '../age/content-key.ts';
import { recipientKind } from '../age/recipient.ts';
import { CryptoError } from '../errors.ts';
import { decodeUtf8 } from '../json/strict-json.ts';
import type { DeliveryKey } from './delivery-key.ts';
import type { Binding } from './jwe-text.ts';
import { type DeliverySecret, openDelivery, sealDelivery } from './sealed-delivery.ts';

/** What a key package is for: one epoch of one dataset, under one grant. */
export interface PackagePurpose {
  readonly grant_id: string;
  readonly dataset_id: string;
  readonly epoch: number;
}

/**
 * Whether a content key may travel to a delivery key: a post-quantum one only to an age recipient that is post-quantum too, since
 * whoever recorded the package could otherwise open it later.
 */
export function mayCarry(recipient: string, delivery: DeliveryKey): boolean {
  return recipientKind(recipient) === 'classic' || (delivery.form === 'age' && recipientKind(delivery.key) === 'pq');
}

/**
 * Makes a key package: the content key's exact text sealed to one delivery key, in its form, under one grant; `at` decides whether
 * the delivery key is still good. Broker and node both call this and nothing else. Refuses with `mixed_recipients` and what
 * `checkDeliveryKey` refuses.
 */
export async function sealKeyPackage(contentKey: ContentKey, delivery: DeliveryKey, o: { grant_id: string; at: Date }): Promise<Uint8Array> {
  if (!mayCarry(contentKey.recipient, delivery)) throw new CryptoError('mixed_recipients', 'a post-quantum content key to a delivery key that is not');
  const { dataset_id, epoch, text } = contentKey;
  return sealDelivery(text, delivery, { binding: bindingOf({ grant_id: o.grant_id, dataset_id, epoch }), at: o.at });
}

/**
 * Opens a key package with one's own secret; the content key in it is of the dataset and epoch asked for (`package_mismatch`). Refuses
 * with the codes of `openDelivery` and `parseContentKey`. Whether it is the key of the signed manifest is the caller's to compare.
 */
export async function openKeyPackage(bytes: Uint8Array, secret: DeliverySecret, purpose: PackagePurpose): Promise<ContentKey> {
  const contentKey = await parseContentKey(decodeUtf8(await openDelivery(bytes, secret, { binding: bindingOf(purpose) })));
  if (contentKey.dataset_id !== purpose.dataset_id || contentKey.epoch !== purpose.epoch) {
    throw new CryptoError('package_mismatch', 'the package holds the content key of another dataset or epoch');
  }
  return contentKey;
}

function bindingOf({ grant_id, dataset_id, epoch }: PackagePurpose): Binding {
  return ['sceau-apv-v1', grant_id, dataset_id, epoch];
}
