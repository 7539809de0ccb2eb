import { type ContentKey, decodeUtf8, openText, parseContentKey } from '#crypto';
import type { ContentKeyRow } from '../db/tables.ts';
import { reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { readCustodyIdentity } from './key-home.ts';

/**
 * Opens this node's own copy of a content key in custody `producer`, for as long as it takes to seal packages. Throws `key_missing`
 * when the node's custody file is gone, `content_key_closed` when the copy does not open or is another key than the row says.
 */
export async function openContentKey(node: ProducerNode, row: ContentKeyRow): Promise<ContentKey> {
  const { dataset_id, epoch, producer_id, recipient, sealed_here } = row;
  if (sealed_here === null) throw refusal('content_key_closed', { dataset_id, epoch, reason: `custody ${row.custody}` });
  const identity = await readCustodyIdentity(node.config.home, producer_id);
  let key: ContentKey;
  try {
    key = await parseContentKey(decodeUtf8(await openText(new Uint8Array(sealed_here), [identity])));
  } catch (cause) {
    throw refusal('content_key_closed', { dataset_id, epoch, reason: reasonOf(cause) }, { cause });
  }
  const same = key.dataset_id === dataset_id && key.epoch === epoch && key.recipient === recipient;
  if (!same) throw refusal('content_key_closed', { dataset_id, epoch, reason: 'another key lies in its place' });
  return key;
}
