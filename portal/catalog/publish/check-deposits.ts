import { type Manifest, parseKeyDeposit } from '#catalog-schema';
import { type Digest, digestOf, headerLength, type PublicJwk, readUnverifiedPayload, type Statement, verifyStatement } from '#crypto';
import { PortalError } from '../../errors.ts';
import { sealedFilesOf } from './check-files.ts';

/** Most bytes of a content key sealed to somebody: a post-quantum header has about 2.6 KB. */
export const SEALED_KEY_MAX_BYTES = 16 * 1024;

/** A deposit as sent: the statement, and the content key sealed to the broker. */
export interface SentDeposit {
  statement: Statement;
  deposit: Uint8Array;
}

/** A content key sealed to the producer's recovery recipient; opaque to the portal. */
export interface SentRecovery {
  epoch: number;
  sealed: Uint8Array;
}

/** A deposit whose statement holds. */
export interface CheckedDeposit {
  epoch: number;
  recipient: string;
  statement: Statement;
  statement_digest: Digest;
  /** The release keys that signed the statement. */
  kids: readonly string[];
  deposit: Uint8Array;
}

/**
 * The deposits of a manifest: signed by a `release` key of the producer, for this dataset and an epoch and recipient that the
 * manifest names. Those of epochs that have one (`known`) are passed over: the first one stays, also when the key that signed it has
 * been retired since. Refuses with the codes of statements, `schema`, `bad_evidence` (`deposit_mismatch`, `deposit_recipient_mismatch`),
 * `bad_request` (`deposit_unexpected`, `deposit_repeated`), `too_large`.
 */
export function checkDeposits(
  manifest: Manifest,
  sent: readonly SentDeposit[],
  o: { releaseKeys: ReadonlyMap<string, PublicJwk>; known: ReadonlySet<number> },
): CheckedDeposit[] {
  if (manifest.custody === 'producer' && sent.length > 0) {
    throw new PortalError('bad_request', 'Only the producer holds the keys of these data: send no deposit. What was sent is not kept.', { reason: 'deposit_unexpected' });
  }
  const recipients = epochRecipients(manifest);
  const checked = new Map<number, CheckedDeposit>();
  for (const { statement, deposit } of sent) {
    if (o.known.has(parseKeyDeposit(readUnverifiedPayload(statement)).epoch)) continue;
    const verified = verifyStatement(statement, { typ: 'key-deposit+jws', keyFor: (kid) => o.releaseKeys.get(kid) });
    const { producer_id, dataset_id, epoch, recipient, deposit_sha256 } = parseKeyDeposit(verified.payload);
    if (producer_id !== manifest.producer_id || dataset_id !== manifest.dataset_id) throw mismatch('deposit_mismatch', 'A deposit was sent that is for another dataset.');
    const expected = recipients.get(epoch);
    if (expected === undefined) throw new PortalError('bad_request', `A deposit was sent for epoch ${epoch}, of which this version has no file.`, { reason: 'deposit_unexpected' });
    if (expected !== recipient) throw mismatch('deposit_recipient_mismatch', `The deposit of epoch ${epoch} is for another recipient than the signed files.`);
    if (digestOf(deposit) !== deposit_sha256) throw mismatch('deposit_mismatch', `The deposit of epoch ${epoch} is not the one that is signed.`);
    checkSealedKey(deposit);
    if (checked.has(epoch)) throw new PortalError('bad_request', `Two deposits were sent for epoch ${epoch}.`, { reason: 'deposit_repeated' });
    checked.set(epoch, { epoch, recipient, statement, statement_digest: verified.digest, kids: verified.kids, deposit });
  }
  return [...checked.values()];
}

/** Recovery packages of epochs that the manifest uses, each an age file; refuses with `bad_request` and the codes of headers. */
export function checkRecovery(manifest: Manifest, sent: readonly SentRecovery[]): void {
  const recipients = epochRecipients(manifest);
  const seen = new Set<number>();
  for (const { epoch, sealed } of sent) {
    if (!recipients.has(epoch)) throw new PortalError('bad_request', `A recovery package was sent for epoch ${epoch}, of which this version has no file.`, { reason: 'recovery_unexpected' });
    if (seen.has(epoch)) throw new PortalError('bad_request', `Two recovery packages were sent for epoch ${epoch}.`, { reason: 'recovery_repeated' });
    seen.add(epoch);
    checkSealedKey(sealed);
  }
}

/** The recipient of each epoch that the manifest uses. */
export function epochRecipients(manifest: Manifest): Map<number, string> {
  return new Map(sealedFilesOf(manifest).map((file) => [file.age.epoch, file.age.recipient]));
}

function checkSealedKey(sealed: Uint8Array): void {
  if (sealed.length > SEALED_KEY_MAX_BYTES) throw new PortalError('too_large', 'A sealed content key is larger than it can be.', { reason: 'sealed_key_too_large' });
  headerLength(sealed);
}

function mismatch(reason: string, detail: string): PortalError {
  return new PortalError('bad_evidence', detail, { reason });
}
