import { randomUUID } from 'node:crypto';
import { type FileResource, type Manifest, parseManifest, SCHEMAS, type SealedFileResource } from '#catalog-schema';
import {
  bytesOf, canonicalBytes, collect, commitTo, type ContentKey, type Digest, digestFromBytes, digestOf, encodeBase64url, fingerprintOf, generateAgeIdentity, generateContentKey,
  generateSigningKey, hashBody, hashesOf, inclusionPath, leafHash, partyIdOf, sealBody, sealText, signKeySet, signStatement, type SigningKey, type Statement, statementDigest, treeRoot,
} from '#crypto';
import type { ConsumerKeys, Evidence, KeyPackage, ListedGrant } from '#client';
import { createFakeLog } from './fake-log.ts';

export const NOW = new Date('2026-03-01T12:00:00Z');
const EXPIRES = '2036-01-01T00:00:00Z';

/** One published version with everything the portal would store of it. */
export interface Published {
  manifest: Manifest;
  statement: Statement;
  digest: Digest;
  act_index: number;
  contacts: Evidence['contacts'];
  /** Bodies, leaves and headers by resource. */
  stored: Map<string, { body: Uint8Array; leaves: Uint8Array; header?: Uint8Array; plain: Uint8Array }>;
}

/** What a version is made of. */
export interface ToPublish {
  dataset_id?: string;
  files: { name: string; bytes: Uint8Array; sealed?: ContentKey }[];
  before?: Published;
  person?: boolean;
  key?: SigningKey;
}

/** A portal and a producer in memory, with all their secret keys, and nothing but `#crypto` underneath. */
export type FakeFederation = Awaited<ReturnType<typeof createFakeFederation>>;

export async function createFakeFederation() {
  const log = createFakeLog('portal.example/log');
  const portal = { root: generateSigningKey(), decision: generateSigningKey(), broker: generateSigningKey() };
  const broker = await generateAgeIdentity();
  const portal_keys = signKeySet('portal-keys+jws', {
    v: 1, version: 1, prev: null, name: 'Portail', origin: log.origin, threshold: 1, expires_at: EXPIRES,
    keys: [...Object.entries(portal).map(([role, key]) => ({ jwk: key.public_jwk, roles: [role] })), { jwk: log.key.public_jwk, roles: ['log'] }],
    broker_recipient: broker.recipient, witnesses: [],
  }, [portal.root]);
  log.append({ type: 'portal.keys', subject: statementDigest(portal_keys) });

  const producer = { root: generateSigningKey(), manifest: generateSigningKey(), decide: generateSigningKey(), release: generateSigningKey(), api: generateSigningKey() };
  const intake = await generateAgeIdentity();
  const producer_payload = {
    v: 1, version: 1, prev: null, name: 'Ville', threshold: 1, expires_at: EXPIRES,
    keys: Object.entries(producer).map(([role, key]) => ({ jwk: key.public_jwk, roles: [role] })),
    recovery_recipient: intake.recipient, intake_recipient: intake.recipient,
  };
  const producer_keys: Statement[] = [signKeySet('producer-keys+jws', producer_payload, [producer.root])];
  const producer_id = partyIdOf(producer_keys[0]);
  const key_act_indexes = [log.append({ type: 'producer.keys', subject: statementDigest(producer_keys[0]) })];
  let heads: { statement: Statement; entries: [string, number, Digest][] } | undefined;

  async function publish(o: ToPublish): Promise<Published> {
    const stored: Published['stored'] = new Map();
    const resources: FileResource[] = [];
    for (const file of o.files) {
      const resource_id = randomUUID() as FileResource['resource_id'];
      const common = { kind: 'file', resource_id, name: file.name, media_type: 'text/csv' } as const;
      if (file.sealed === undefined) {
        const { root, leaves, size, sha256 } = await hashBody(bytesOf(file.bytes));
        resources.push({ ...common, body_size: size, tree: { alg: 'rfc6962-sha256-1MiB', root }, size, sha256 });
        stored.set(resource_id, { body: file.bytes, leaves, plain: file.bytes });
      } else {
        const body = collect();
        const sealed = await sealBody(bytesOf(file.bytes), file.sealed.recipient, body.sink);
        const age = { epoch: file.sealed.epoch, recipient: file.sealed.recipient, header_sha256: sealed.header_sha256, header_size: sealed.header_size, pq: false };
        resources.push({ ...common, body_size: sealed.body_size, tree: { alg: 'rfc6962-sha256-1MiB', root: sealed.root }, age });
        stored.set(resource_id, { body: body.bytes(), leaves: sealed.leaves, header: sealed.header, plain: file.bytes });
      }
    }
    const dataset_id = o.before?.manifest.dataset_id ?? o.dataset_id ?? randomUUID();
    const restricted = o.files.some((file) => file.sealed !== undefined);
    const draft = structuredClone(SCHEMAS.manifest.examples[0]) as unknown as Manifest;
    const person = { contact_id: randomUUID(), contact_name: 'Ada Martin', email: 'ada@ville.example' };
    const committed = commitTo(person);
    const manifest = parseManifest({
      ...draft,
      dataset_id, producer_id,
      version: (o.before?.manifest.version ?? 0) + 1,
      prev: o.before?.digest ?? null,
      issued_at: '2026-03-01T08:29:00Z', status: 'active',
      metadata: {
        ...draft.metadata,
        global_id: dataset_id,
        contacts: o.person === true ? [{ contact_id: person.contact_id, commitment: committed.commitment }] : draft.metadata.contacts,
        access_condition: { ...draft.metadata.access_condition, confidentiality: { ...draft.metadata.access_condition.confidentiality, restricted_access: restricted } },
      },
      access: restricted ? 'restricted' : 'open', custody: restricted ? 'portal' : 'none',
      resources,
    });
    const statement = signStatement('dataset-manifest+jws', manifest, [o.key ?? producer.manifest]);
    const digest = statementDigest(statement);
    const act_index = log.append({ type: 'manifest.publish', subject: digest, dataset_id, version: manifest.version });
    return { manifest, statement, digest, act_index, stored, contacts: o.person === true ? [{ contact_id: person.contact_id, salt: committed.salt, contact: person }] : [] };
  }

  /** Signs heads over these versions; replaces the ones before. */
  function signHeads(published: readonly Published[], o: { seq?: number; issued_at?: string; expires_at?: string; key?: SigningKey } = {}): void {
    const entries = published.map((one): [string, number, Digest] => [one.manifest.dataset_id, one.manifest.version, one.digest]).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const payload = {
      v: 1, producer_id, seq: o.seq ?? 1, issued_at: o.issued_at ?? '2026-03-01T09:00:00Z', expires_at: o.expires_at ?? '2026-03-02T09:00:00Z', count: entries.length,
      root: digestFromBytes(treeRoot(entries.map((entry) => leafHash(canonicalBytes(entry))))),
    };
    heads = { statement: signStatement('producer-heads+jws', payload, [o.key ?? producer.manifest]), entries };
  }

  async function evidenceOf(published: Published): Promise<Evidence> {
    const entries = heads?.entries ?? [];
    const entry_index = entries.findIndex(([id]) => id === published.manifest.dataset_id);
    const entry = entries[entry_index];
    const leaves = entries.map((line) => leafHash(canonicalBytes(line)));
    return {
      dataset_id: published.manifest.dataset_id,
      version: published.manifest.version,
      manifest: published.statement,
      act: await log.prove(published.act_index),
      producer_key_sets: [...producer_keys],
      producer_key_acts: await Promise.all(key_act_indexes.map((index) => log.prove(index))),
      portal_key_sets: [portal_keys],
      heads: heads === undefined || entry === undefined ? null
        : { statement: heads.statement, entry, entry_index, path: (await inclusionPath(entries.length, entry_index, hashesOf(leaves))).map((step) => encodeBase64url(step)), size: entries.length },
      contacts: published.contacts,
    };
  }

  /** A next version of the producer's key set, with another manifest key. */
  function rotateManifestKey(): SigningKey {
    const manifest = generateSigningKey();
    const before = producer_keys.at(-1);
    const keys = { ...producer, manifest };
    const payload = { ...producer_payload, version: producer_keys.length + 1, prev: statementDigest(before), keys: Object.entries(keys).map(([role, key]) => ({ jwk: key.public_jwk, roles: [role] })) };
    const next = signKeySet('producer-keys+jws', payload, [producer.root]);
    producer_keys.push(next);
    key_act_indexes.push(log.append({ type: 'producer.keys', subject: statementDigest(next) }));
    return manifest;
  }

  /** A grant for a consumer, in the log. */
  async function grant(consumer: ConsumerKeys, dataset_id: string, o: { key?: SigningKey; starts_at?: string; ends_at?: string; epoch_from?: number; request_sha256?: Digest } = {}): Promise<ListedGrant & { grant_id: string }> {
    const payload = {
      v: 1, grant_id: randomUUID(), request_sha256: o.request_sha256 ?? digestOf(canonicalBytes('request')), producer_id, dataset_id, consumer_id: consumer.consumer_id,
      starts_at: o.starts_at ?? '2026-02-01T00:00:00Z', ends_at: o.ends_at ?? '2026-12-01T00:00:00Z', epoch_from: o.epoch_from ?? 1, epoch_to: null, history: false, iat: '2026-02-01T00:00:00Z',
    };
    const statement = signStatement('grant+jws', payload, [o.key ?? portal.decision]);
    const place = log.appendBlinded({ type: 'grant', subject: statementDigest(statement), dataset_id });
    return { statement, act: await log.proveBlinded(place), state: 'active', dataset_id, title: 'T', starts_at: payload.starts_at, ends_at: payload.ends_at, epochs: [1], grant_id: payload.grant_id };
  }

  /** A key package of a content key for a consumer, released by the broker, in the log. */
  async function release(consumer: ConsumerKeys, grant_id: string, key: ContentKey, o: { key?: SigningKey; payload?: Record<string, unknown>; recipient?: string } = {}): Promise<KeyPackage> {
    const bytes = await sealText(key.text, [o.recipient ?? consumer.recipient]);
    const payload = {
      v: 1, grant_id, dataset_id: key.dataset_id, epoch: key.epoch, content_recipient: key.recipient, consumer_kid: consumer.signing_key.kid,
      delivery_fingerprint: fingerprintOf('age', consumer.recipient), package_sha256: digestOf(bytes), iat: '2026-02-01T00:00:01Z', ...o.payload,
    };
    const statement = signStatement('key-release+jws', payload, [o.key ?? portal.broker]);
    const place = log.appendBlinded({ type: 'key.release', subject: statementDigest(statement), dataset_id: key.dataset_id });
    return { epoch: key.epoch, form: 'age', bytes, release: statement, act: await log.proveBlinded(place) };
  }

  return { log, portal, portal_keys, producer, producer_id, producer_keys, publish, signHeads, evidenceOf, rotateManifestKey, grant, release, newContentKey: generateContentKey };
}

/** The first sealed file of a version. */
export function sealedFile(published: Published): SealedFileResource {
  const found = published.manifest.resources.find((resource): resource is SealedFileResource => 'age' in resource);
  if (found === undefined) throw new Error('nothing is sealed');
  return found;
}

/** Base64url text with one bit of its bytes flipped. */
export function flipped(text: string, at = 0.5): string {
  const bytes = Buffer.from(text, 'base64url');
  const index = Math.min(bytes.length - 1, Math.floor(bytes.length * at));
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
