import { algorithmOf, CryptoError, equalBytes, type ReceivedRequest, verifyRequest } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Caller, Portal } from '../portal.ts';
import { countApplicationUse } from './count-application-use.ts';
import { type CallingKey, findCallingKeys } from './key-store.ts';
import { insertNonce } from './limit-store.ts';
import { recordNodeSeen } from './producer-store.ts';
import { refuseWhenLimited, takeFromRateLimit } from './take-from-rate-limit.ts';

/** What a signed call with a body still owes: the body must give this digest, then the nonce is spent. */
export interface PendingCall {
  kid: string;
  nonce: string;
  expires_at: string;
  content_digest: Uint8Array;
  /** The call counts against the quota of an application. */
  application: boolean;
}

const FAILURES_PER_MINUTE = 100;

/**
 * Who signed a call (formats: signed calls), in the order rate limit → form → key → time → signature; a call without body spends
 * its nonce at once, one with a body when `settleCall` has its SHA-256. Every refusal is the same `unauthenticated`.
 */
export async function findCaller(portal: Portal, request: ReceivedRequest & { address: string }): Promise<{ caller: Caller; pending?: PendingCall }> {
  const failures = { bucket: `signed-failures:${request.address}`, limit: FAILURES_PER_MINUTE, window_seconds: 60 };
  await refuseWhenLimited(portal, failures);
  const now = portal.clock.now();
  let keys: CallingKey[] = [];
  try {
    const verified = await verifyRequest(request, {
      now,
      public_origins: [portal.config.public_origin],
      keyFor: async (kid) => {
        keys = await findCallingKeys(portal.db, kid, now);
        const [first] = keys;
        return first === undefined ? undefined : { jwk: first.jwk, alg: algorithmOf(first.jwk) };
      },
    });
    const caller = callerFrom(verified.kid, keys);
    if (caller === undefined) throw notAuthenticated(portal);
    if (caller.kind === 'node') await recordNodeSeen(portal.db, caller.kid, now);
    const { kid, nonce, expires_at, content_digest } = verified;
    const application = caller.kind === 'consumer' && caller.role === 'application';
    if (content_digest !== undefined) return { caller, pending: { kid, nonce, expires_at, content_digest, application } };
    await spendNonce(portal, { kid, nonce, expires_at, application });
    return { caller };
  } catch (cause) {
    const refused = cause instanceof CryptoError ? notAuthenticated(portal, cause) : cause;
    if (refused instanceof PortalError && refused.code === 'unauthenticated') await takeFromRateLimit(portal, failures);
    throw refused;
  }
}

/** Compares the body's SHA-256 with the signed digest and spends the nonce; `unauthenticated` when either fails. Once per call. */
export async function settleCall(portal: Portal, pending: PendingCall, body_sha256: Uint8Array): Promise<void> {
  if (!equalBytes(body_sha256, pending.content_digest)) throw notAuthenticated(portal);
  await spendNonce(portal, pending);
}

async function spendNonce(portal: Portal, o: Omit<PendingCall, 'content_digest'>): Promise<void> {
  const { kid, nonce, expires_at } = o;
  // Somebody sent this very call before.
  if (!(await insertNonce(portal.db, { kid, nonce, expires_at }))) throw notAuthenticated(portal);
  // Behind the nonce: whoever plays a call back uses up nothing.
  if (o.application) await countApplicationUse(portal, kid);
}

function callerFrom(kid: string, keys: readonly CallingKey[]): Caller | undefined {
  const producers = keys.filter((key) => key.party_type === 'producer');
  if (producers.length > 0) {
    // A producer that is not active has no rights yet or any more; its node is still known, so that it can ask for its enrolment.
    return { kind: 'node', kid, producer_ids: producers.filter((key) => key.state === 'active').map((key) => key.party_id) };
  }
  const consumer = keys.find((key) => key.party_type === 'consumer' && key.state === 'active');
  if (consumer === undefined || (consumer.role !== 'identity' && consumer.role !== 'application')) return undefined;
  return { kind: 'consumer', kid, consumer_id: consumer.party_id, role: consumer.role, ...(consumer.role === 'application' ? { scopes: consumer.scopes } : {}) };
}

// One sentence for every reason, so that a stranger learns nothing; the clock is said because a wrong one is the usual mistake.
function notAuthenticated(portal: Portal, cause?: unknown): PortalError {
  const now = portal.clock.now().toISOString().slice(0, 19);
  return new PortalError(
    'unauthenticated',
    `This call could not be authenticated: the key is not known here, the signature does not hold, the call was sent before, or a clock is off by more than a minute (this portal's says ${now}Z).`,
    cause === undefined ? {} : { cause },
  );
}
