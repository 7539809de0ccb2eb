import { parseKeyRelease } from '#catalog-schema';
import { type ContentKey, CryptoError, digestOf, parseStatement, sealKeyPackage, signStatement, statementDigest } from '#crypto';
import { appendAct } from '../log/append-act.ts';
import type { Broker } from './broker.ts';
import { openDeposit } from './open-deposit.ts';
import { handOut, listStaged, lockUnsigned, setRelease, stage } from './staging-store.ts';
import { type NamedDelivery, type ReleasableGrant, requireLive, verifyGrant } from './verify-grant.ts';
import { verifyLogged } from './verify-logged.ts';

/** `released`: every package is handed out. `waiting_for_log`: all is signed and waits for its place in the log; ask again. */
export type ReleaseOutcome = 'released' | 'waiting_for_log';

/**
 * Releases the content key of an epoch under a grant, in the steps of formats §5; each leaves durable traces, so that a retry after a
 * crash resumes with the very same packages and nothing is handed out that the log does not hold. Idempotent on (grant, epoch,
 * delivery key). Throws PortalError, CryptoError or SchemaError: what does not verify is refused for good, `unavailable` for now.
 */
export async function releaseKeyPackage(broker: Broker, { grant_id, epoch }: { grant_id: string; epoch: number }): Promise<ReleaseOutcome> {
  // 1 the grant: signature, dates, epochs, not revoked; whose keys it is for
  const releasable = await verifyGrant(broker, grant_id, epoch);
  const known = await listStaged(broker.db, grant_id, epoch);
  const missing = releasable.delivery.filter(({ fingerprint }) => !known.some((staged) => staged.delivery_fingerprint === fingerprint && staged.statement !== null));
  if (missing.length > 0) {
    // 2 the deposit opens, and its recipient is the signed manifest's
    const content_key = await openDeposit(broker, releasable.grant, epoch);
    let refusal: CryptoError | undefined;
    for (const named of missing) {
      const delivery_fingerprint = named.fingerprint;
      try {
        // 3 sealed to the delivery key in its form, and kept in the broker's own table
        if (!known.some((staged) => staged.delivery_fingerprint === delivery_fingerprint)) await sealAndStage(broker, { grant_id, epoch }, content_key, named);
      } catch (cause) {
        // One key that has expired or cannot carry this content key keeps the consumer's other keys from nothing.
        if (!(cause instanceof CryptoError)) throw cause;
        broker.logger.warn({ grant_id, epoch, form: named.delivery.form, reason: cause.code }, 'one delivery key gets no package');
        refusal ??= cause;
        continue;
      }
      // 4 and 5 the statement is signed and its act appended, both or neither
      await signAndLog(broker, releasable, { grant_id, epoch, delivery_fingerprint, content_recipient: content_key.recipient });
    }
    if (refusal !== undefined && missing.length === releasable.delivery.length && (await listStaged(broker.db, grant_id, epoch)).length === 0) throw refusal;
  }
  const staged = (await listStaged(broker.db, grant_id, epoch)).filter((entry) => releasable.delivery.some(({ fingerprint }) => fingerprint === entry.delivery_fingerprint));
  for (const { statement, act_id } of staged) {
    // 6 the log holds the act, and continues the log that was verified last
    if (statement === null || act_id === null) return 'waiting_for_log';
    if (!(await verifyLogged(broker, { act_id, release_digest: statementDigest(parseStatement(JSON.parse(statement))) }))) return 'waiting_for_log';
  }
  // 7 still not revoked, still in its dates
  await requireLive(broker, releasable);
  // 8 handed out
  for (const entry of staged) await handOut(broker.db, entry, { grant_digest: releasable.digest, now: broker.clock.now() });
  return 'released';
}

async function sealAndStage(broker: Broker, o: { grant_id: string; epoch: number }, content_key: ContentKey, { delivery, fingerprint }: NamedDelivery): Promise<void> {
  const at = broker.clock.now();
  const sealed = await sealKeyPackage(content_key, delivery, { grant_id: o.grant_id, at });
  await stage(broker.db, { ...o, delivery_fingerprint: fingerprint, form: delivery.form, package: sealed, created_at: at });
}

async function signAndLog(
  broker: Broker,
  { grant, consumer_kid }: ReleasableGrant,
  o: { grant_id: string; epoch: number; delivery_fingerprint: string; content_recipient: string },
): Promise<void> {
  await broker.db.transaction().execute(async (trx) => {
    const staged = await lockUnsigned(trx, o);
    // Another broker signed it between our look and our lock.
    if (staged === undefined) return;
    const payload = parseKeyRelease({
      v: 1,
      grant_id: grant.grant_id,
      dataset_id: grant.dataset_id,
      epoch: o.epoch,
      content_recipient: o.content_recipient,
      consumer_kid,
      delivery_fingerprint: o.delivery_fingerprint,
      package_sha256: digestOf(staged.package),
      iat: broker.clock.now().toISOString(),
    });
    const statement = signStatement('key-release+jws', payload, [broker.keys.signing_key]);
    const { act_id } = await appendAct(trx, broker, { type: 'key.release', subject_digest: statementDigest(statement), public: false, dataset_id: grant.dataset_id });
    await setRelease(trx, { ...o, statement: JSON.stringify(statement), act_id });
  });
}
