import { type Grant, parseKeyDeposit } from '#catalog-schema';
import { type ContentKey, decodeUtf8, digestOf, openText, parseContentKey, verifyStatement } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Broker } from './broker.ts';
import { findDeposit } from './evidence-store.ts';
import { signedRecipient } from './signed-recipient.ts';
import { keysEver, verifiedChain } from './verified-chain.ts';

/**
 * Opens the deposited content key of an epoch: its statement is by a `release` key of the producer's chain, the bytes are those it
 * names, and the recipient derived from the key is the one in the signed manifest, for this dataset and epoch. Throws PortalError
 * (`bad_evidence`, `not_found`), CryptoError or SchemaError; no error holds any part of the key.
 */
export async function openDeposit(broker: Broker, grant: Grant, epoch: number): Promise<ContentKey> {
  const { dataset_id, producer_id } = grant;
  const chain = await verifiedChain(broker.db, 'producer', producer_id);
  const recipient = await signedRecipient(broker.db, { dataset_id, producer_id, epoch, manifestKeys: keysEver(chain, 'manifest') });
  const found = await findDeposit(broker.db, dataset_id, epoch);
  if (found === undefined) throw new PortalError('not_found', 'No content key is deposited for this epoch.', { reason: 'no_deposit' });
  const { deposit } = found;
  const releaseKeys = keysEver(chain, 'release');
  const named = parseKeyDeposit(verifyStatement(JSON.parse(found.statement), { typ: 'key-deposit+jws', keyFor: (kid) => releaseKeys.get(kid) }).payload);
  const fits = named.producer_id === producer_id && named.dataset_id === dataset_id && named.epoch === epoch && named.recipient === recipient;
  if (!fits || named.deposit_sha256 !== digestOf(deposit)) throw refused('deposit_mismatch', 'The deposit is not the one that its statement and the manifest name.');
  const content_key = await parseContentKey(decodeUtf8(await openText(deposit, [broker.keys.identity, ...broker.keys.former_identities])));
  if (content_key.recipient !== recipient) throw refused('recipient_mismatch', 'The deposited key does not open what the manifest describes.');
  if (content_key.dataset_id !== dataset_id || content_key.epoch !== epoch) throw refused('content_key_mismatch', 'The deposited key is of another dataset or epoch.');
  return content_key;
}

function refused(reason: string, detail: string): PortalError {
  return new PortalError('bad_evidence', detail, { reason });
}
