import { type AccessRequestPayload, type ConsumerKeySet, parseAccessRequest, parseConsumerKeySet } from '#catalog-schema';
import {
  deliveryFingerprint, type Digest, digestOf, fingerprintOf, keyWithRole, parseStatement, readUnverifiedPayload, type Statement, utf8, type VerifiedKeySet, verifyKeySetChain, verifyStatement,
} from '#crypto';
import type { AccessRequestLine } from '../delivery/portal-access.ts';
import { reasonOf, refusal } from '../errors.ts';

/** A consumer as their own key sets tell, verified from their id alone. */
export interface VerifiedConsumer {
  consumer_id: string;
  /** The digits that a person compares; of the id, so the same whatever devices are added. */
  fingerprint: string;
  chain: readonly VerifiedKeySet[];
  key_sets: readonly Statement[];
  /** The newest key set. */
  newest: ConsumerKeySet;
}

/** A request that its consumer signed, for this producer, dataset and purpose. */
export interface VerifiedRequest {
  payload: AccessRequestPayload;
  digest: Digest;
  statement: Statement;
  /** The identity key that signed. */
  kid: string;
  consumer: VerifiedConsumer;
}

/** What a request has to fit. */
export interface RequestPolicy {
  producer_id: string;
  portal_url: string;
  /** Digests of the versions of the dataset that this node knows. */
  offers: ReadonlySet<string>;
  now: Date;
}

const CLOCK_SKEW_MS = 10 * 60 * 1000;

/**
 * Verifies a request as if the portal that shows it were somebody else's: 1 it is signed · 2 the consumer's key sets hold, from the id that
 * the request names · 3 signed by one of their identity keys in force · 4 the very request shown: id, dataset, producer, portal, purpose, a
 * version of ours · 5 its times · 6 its delivery keys stand in the consumer's newest key set. Throws `request_unsigned`,
 * `consumer_chain_refused`, `request_refused`, `request_mismatch`, `request_expired`.
 */
export function verifyRequest(line: AccessRequestLine, policy: RequestPolicy): VerifiedRequest {
  const { request_id } = line;
  // 1
  if (line.evidence === undefined) throw refusal('request_unsigned', { request_id });
  const { request, key_sets } = line.evidence;
  // 2; what the statement claims only chooses whose keys it is verified with
  const statement = refusing(() => parseStatement(request), (reason) => refusal('request_refused', { request_id, reason }));
  const consumer = verifyConsumer(key_sets, claimedConsumer(statement));
  const in_force = consumer.chain.at(-1);
  // 3
  const at = policy.now.toISOString();
  const { payload, digest, kid } = refusing(
    () => {
      const verified = verifyStatement(statement, { typ: 'access-request+jws', keyFor: (name) => (in_force === undefined ? undefined : keyWithRole(in_force, name, 'identity', at)) });
      return { payload: parseAccessRequest(verified.payload), digest: verified.digest, kid: verified.kids[0] ?? '' };
    },
    (reason) => refusal('request_refused', { request_id, reason }),
  );
  // 4
  const fits: [string, boolean][] = [
    ['request_id', payload.request_id === request_id],
    ['consumer_id', payload.consumer_id === consumer.consumer_id],
    ['producer_id', payload.producer_id === policy.producer_id],
    ['dataset_id', payload.dataset_id === line.dataset_id],
    ['origin', payload.origin === policy.portal_url],
    ['purpose', payload.purpose_sha256 === digestOf(utf8(line.purpose))],
    ['offer', payload.offer_sha256 !== null && policy.offers.has(payload.offer_sha256)],
  ];
  const wrong = fits.find(([, right]) => !right)?.[0];
  if (wrong !== undefined) throw refusal('request_mismatch', { request_id, what: wrong });
  // 5
  if (Date.parse(payload.exp) <= policy.now.getTime()) throw refusal('request_expired', { request_id });
  if (Date.parse(payload.iat) > policy.now.getTime() + CLOCK_SKEW_MS) throw refusal('request_mismatch', { request_id, what: 'iat' });
  // 6
  const registered = new Set(consumer.newest.delivery.map(deliveryFingerprint));
  for (const delivery of payload.delivery) {
    if (delivery.fingerprint !== deliveryFingerprint(delivery) || !registered.has(delivery.fingerprint)) throw refusal('request_mismatch', { request_id, what: 'delivery' });
  }
  return { payload, digest, statement, kid, consumer };
}

/** A consumer's key sets, verified from the id; throws `consumer_chain_refused`. */
export function verifyConsumer(key_sets: readonly unknown[], consumer_id: string): VerifiedConsumer {
  return refusing(
    () => {
      const statements = key_sets.map(parseStatement);
      const chain = verifyKeySetChain(statements, { typ: 'consumer-keys+jws', party_id: consumer_id });
      return { consumer_id, fingerprint: fingerprintOf(consumer_id), chain, key_sets: statements, newest: parseConsumerKeySet(chain.at(-1)?.payload) };
    },
    (reason) => refusal('consumer_chain_refused', { consumer_id, reason }),
  );
}

function claimedConsumer(statement: Statement): string {
  const claim = readUnverifiedPayload(statement);
  return typeof claim === 'object' && claim !== null && 'consumer_id' in claim && typeof claim.consumer_id === 'string' ? claim.consumer_id : '';
}

function refusing<T>(read: () => T, refused: (reason: string) => Error): T {
  try {
    return read();
  } catch (cause) {
    throw refused(reasonOf(cause));
  }
}
