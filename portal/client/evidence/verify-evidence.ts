import { type Manifest, parseManifest } from '#catalog-schema';
import { CryptoError, keyWithRole, readUnverifiedPayload, type VerifiedKeySet, verifyStatement } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import { type DatasetMark, type KeySetPlace, laterTime, type Pins, type SeenCheckpoint, withMark, withPortalPin, withProducerPin } from '../trust/pins.ts';
import { portalAt, portalPin, verifyPortalKeys, type VerifiedPortal } from '../trust/verify-portal-keys.ts';
import { nameVerdict, producerPin, verifyProducerKeys, type VerifiedProducer } from '../trust/verify-producer-keys.ts';
import { checkContacts } from './check-contacts.ts';
import { checkMark } from './check-mark.ts';
import { checkRetiredKey } from './check-retired-key.ts';
import type { Evidence } from './evidence.ts';
import { claimOf, proveAct, type ProvedAct } from './logged-act.ts';
import { checkUnplaced, keySetAt, placeKeySets } from './place-key-sets.ts';
import type { CurrentVerdict, Verdict } from './verdict.ts';
import { type HeadsVerdict, verifyHeads } from './verify-heads.ts';

/** What the verifier knows besides the evidence and the pins. */
export interface EvidencePolicy {
  now: Date;
  /** Where the evidence came from, to be pinned; without it a portal met for the first time is not pinned. */
  portal_url?: string;
  /** The dataset asked for. */
  dataset_id?: string;
  /** The version asked for by its number; without it the newest one is meant. */
  version?: number;
  /** The portal that answered. */
  portal_id?: string;
  /** Manifests between this version and the mark (`versionsBetween`). */
  between?: readonly unknown[];
  /** Evidence kept from earlier: chains may be shorter than those seen since, and nothing is expected to be newest. */
  saved?: boolean;
}

/**
 * Verifies the evidence of one version, in this order, each step with refusals of its own: 1 the portal's key sets and pin · 2 the
 * producer's key sets from its id, and pin · 3 the manifest's form and signature by a key that held the role `manifest` at its place
 * in the log · 4 its schema · 5 that it is what was asked for · 6 the version rule against the mark · 7 the log's proof of the
 * manifest and of each key set it rests on · 8 the producer's word on its newest versions · 9 where the key was replaced since, that
 * the present keys speak for the version · 10 contacts. Pure: time is an argument and what was learned is returned as pins. The caller still has to follow `checkpoints` (`followLog`) to notice a forked log.
 */
export function verifyEvidence(evidence: Evidence, pins: Pins, policy: EvidencePolicy): Verdict {
  const saved = policy.saved ?? false;
  // 1
  const portal_id = policy.portal_id ?? (policy.portal_url === undefined ? undefined : portalAt(pins, policy.portal_url));
  const portal = verifyPortalKeys(evidence.portal_key_sets, pins, { saved, ...(portal_id === undefined ? {} : { portal_id }) });
  // 2 the id is a claim of the manifest, compared again once the manifest is verified
  const producer = verifyProducerKeys(evidence.producer_key_sets, claimedProducer(evidence), pins, { saved });
  // 3 the place in the log is a claim too, proved in step 7
  if (evidence.act === null) throw new ClientError('not_in_log', 'The manifest is not in the log yet; it takes a second or two.');
  const claim = claimOf(evidence.act);
  const keySets = placeKeySets(producer, evidence.producer_key_acts, portal);
  const inForce = keySetAt(keySets, claim.index, producer, portal);
  const { manifest, digest, kid } = verifyManifest(evidence, inForce, claim.act.at);
  checkUnplaced(keySets, kid);
  // 5 (4 is inside verifyManifest)
  checkAsked(manifest, evidence, policy);
  if (manifest.producer_id !== producer.producer_id) throw new ClientError('producer_mismatch', 'The manifest names another producer than the keys that verify it.');
  // 6
  const found = { dataset_id: manifest.dataset_id, version: manifest.version, prev: manifest.prev, digest };
  const mark = pins.marks.find((candidate) => candidate.dataset_id === manifest.dataset_id);
  if (mark !== undefined) {
    if (mark.producer_id !== producer.producer_id) {
      throw new ClientError('dataset_moved', 'This dataset was seen before as another producer\'s: a dataset belongs to one producer for ever.', { facts: { expected: mark.producer_id } });
    }
    checkMark(found, mark, policy.between ?? [], { by_number: policy.version !== undefined || saved });
  }
  // 7
  const act = proveAct(evidence.act, portal);
  checkManifestAct(act, manifest, digest);
  const keyActs = keySets.flatMap((step) => (step.act === undefined ? [] : [{ key_set: step.set.digest, ...proveAct(step.act, portal) }]));
  // 8
  const heads = evidence.heads === null ? undefined : verifyHeads(evidence.heads, found, producer, { now: policy.now, saved });
  // 9
  checkRetiredKey(found, kid, producer, { mark, heads, later: evidence.later });
  // 10
  const contacts = checkContacts(manifest, evidence.contacts);

  return {
    dataset_id: manifest.dataset_id,
    version: manifest.version,
    digest,
    manifest,
    authentic: { verdict: 'authentic', kid, key_set_version: inForce.version, log_index: act.index, log_size: act.checkpoint.size, logged_at: act.act.at },
    current: currentVerdict(manifest, heads, mark),
    producer: { producer_id: producer.producer_id, name: producer.name, domain: producer.domain ?? null, named: nameVerdict(producer.pin) },
    portal: { portal_id: portal.portal_id, name: portal.name, by: portal.pin?.confirmed_by ?? null, since: portal.pin?.pinned_at ?? null },
    contacts,
    checkpoints: distinctCheckpoints([act, ...keyActs]),
    pins: learned(pins, { portal, producer, places: keyActs.map(({ key_set, index }) => ({ portal_id: portal.portal_id, key_set, index })), found, heads }, policy),
  };
}

function claimedProducer(evidence: Evidence): string {
  const payload = refusingAs('manifest_refused', 'The manifest does not verify.', () => readUnverifiedPayload(evidence.manifest));
  if (typeof payload === 'object' && payload !== null && 'producer_id' in payload && typeof payload.producer_id === 'string') return payload.producer_id;
  throw new ClientError('manifest_schema', 'The manifest names no producer.');
}

function verifyManifest(evidence: Evidence, inForce: VerifiedKeySet, at: string): { manifest: Manifest; digest: Verdict['digest']; kid: string } {
  const verified = refusingAs('manifest_refused', 'The manifest does not verify.', () => {
    try {
      return verifyStatement(evidence.manifest, { typ: 'dataset-manifest+jws', keyFor: (kid) => keyWithRole(inForce, kid, 'manifest', at) });
    } catch (cause) {
      if (!(cause instanceof CryptoError) || cause.code !== 'unknown_key') throw cause;
      throw new ClientError('manifest_key_not_in_force', 'The manifest is signed by a key that did not hold that role when it was logged.', { cause, reason: cause.code });
    }
  });
  const manifest = refusingAs('manifest_schema', 'The manifest is signed, but not a manifest.', () => parseManifest(verified.payload));
  return { manifest, digest: verified.digest, kid: verified.kids[0] ?? '' };
}

function checkAsked(manifest: Manifest, evidence: Evidence, policy: EvidencePolicy): void {
  const asked = [policy.dataset_id ?? evidence.dataset_id, evidence.dataset_id].every((id) => id === manifest.dataset_id);
  const version = [policy.version ?? evidence.version, evidence.version].every((number) => number === manifest.version);
  if (!asked || !version) {
    throw new ClientError('dataset_mismatch', `The manifest is version ${manifest.version} of ${manifest.dataset_id}, not what was asked for.`, {
      facts: { found: `${manifest.dataset_id} ${manifest.version}` },
    });
  }
}

const ACT_OF_STATUS = { active: 'manifest.publish', withdrawn: 'manifest.withdraw', erased: 'manifest.erase' } as const;

function checkManifestAct(proved: ProvedAct, manifest: Manifest, digest: string): void {
  const { act } = proved;
  if (act.type !== ACT_OF_STATUS[manifest.status] || act.subject !== digest || act.dataset_id !== manifest.dataset_id || act.version !== manifest.version) {
    throw new ClientError('act_mismatch', 'The entry of the log is about something else than this manifest.');
  }
}

function currentVerdict(manifest: Manifest, heads: HeadsVerdict | undefined, mark: DatasetMark | undefined): CurrentVerdict {
  if (mark !== undefined && mark.version > manifest.version) return { verdict: 'superseded', newest_version: mark.version };
  // Only times that the producer signed count: the portal dates the entries of its log as it likes, and could log the manifest again.
  const known = laterTime(manifest.issued_at, mark?.version === manifest.version ? mark.current_until : null) ?? manifest.issued_at;
  if (heads === undefined || heads.named_version < manifest.version) return { verdict: 'freshness_unknown', since: known };
  // An old word that names a newer version is still true.
  if (heads.named_version > manifest.version) return { verdict: 'superseded', newest_version: heads.named_version };
  if (!heads.fresh) return { verdict: 'freshness_unknown', since: (heads.by_newest_keys ? laterTime(known, heads.heads.expires_at) : null) ?? known };
  return { verdict: 'current', until: heads.heads.expires_at };
}

function distinctCheckpoints(proofs: readonly ProvedAct[]): SeenCheckpoint[] {
  const bySize = new Map<number, SeenCheckpoint>();
  for (const { checkpoint } of proofs) {
    const held = bySize.get(checkpoint.size);
    if (held !== undefined && held.root !== checkpoint.root) throw new ClientError('log_forked', `The log shows two states of ${checkpoint.size} entries.`, { facts: { size: checkpoint.size } });
    bySize.set(checkpoint.size, checkpoint);
  }
  return [...bySize.values()].toSorted((a, b) => a.size - b.size);
}

/** What one verification found out for the next ones. */
interface Learned {
  portal: VerifiedPortal;
  producer: VerifiedProducer;
  places: readonly KeySetPlace[];
  found: { dataset_id: string; version: number; digest: Verdict['digest'] };
  heads: HeadsVerdict | undefined;
}

function learned(pins: Pins, { portal, producer, places, found, heads }: Learned, policy: EvidencePolicy): Pins {
  // A file that somebody hands over teaches nothing about portals and producers never met.
  if (policy.saved === true) return pins;
  let next = policy.portal_url === undefined && portal.pin === undefined ? pins : withPortalPin(pins, portalPin(portal, policy.portal_url, policy.now));
  // A word by a replaced key teaches nothing: its number could shut out the producer's own.
  const word = heads?.by_newest_keys === true ? heads.heads : undefined;
  next = withProducerPin(next, producerPin(producer, policy.now, { places, ...(word === undefined ? {} : { heads_seq: word.seq }) }));
  const mark = pins.marks.find((candidate) => candidate.dataset_id === found.dataset_id);
  if (mark !== undefined && mark.version > found.version) return next;
  const { dataset_id, version, digest } = found;
  const said = word !== undefined && heads?.named_version === version ? word.expires_at : null;
  const current_until = laterTime(said, mark?.version === version ? mark.current_until : null);
  return withMark(next, { dataset_id, producer_id: producer.producer_id, version, digest, seen_at: mark?.version === version ? mark.seen_at : policy.now.toISOString(), current_until });
}
