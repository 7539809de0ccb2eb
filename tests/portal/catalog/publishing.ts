import { parseRudiMetadata, type RudiMetadata, SCHEMA_DIGESTS, withoutPeople } from '#catalog-schema';
import {
  bytesOf,
  collect,
  commitTo,
  type ContentKey,
  digestOf,
  encodeBase64url,
  generateContentKey,
  hashBody,
  sealBody,
  type SealedBody,
  sealText,
  signStatement,
  type Statement,
  statementDigest,
} from '#crypto';
import { PART_SIZE } from '../../../portal/storage/body-store.ts';
import type { Answer, TestPortal, TestProducer } from '../../support/portal.ts';

/** A file of a dataset: open when it has no `content_key`. */
export interface FileToPublish {
  resource_id: string;
  name: string;
  media_type?: string;
  bytes: Uint8Array;
  content_key?: ContentKey;
}

/** A publication ready to be sent, and to be spoilt by tests. */
export interface Publication {
  dataset_id: string;
  version: number;
  // Payload before signing; loosely typed so that tests can break it.
  payload: ReturnType<typeof JSON.parse>;
  body: ReturnType<typeof JSON.parse>;
  digest: string;
}

/** What a publication is made of; everything has a default that is accepted. */
export interface PublicationOptions {
  dataset_id: string;
  version?: number;
  prev?: string | null;
  title?: string;
  synopsis?: string;
  summary?: string;
  theme?: string;
  keywords?: string[];
  lang?: string;
  licence?: string;
  status?: 'active' | 'withdrawn';
  access?: 'open' | 'restricted';
  contact_name?: string;
  /** Resources as they stand in the manifest. */
  resources?: unknown[];
  headers?: unknown[];
  deposits?: unknown[];
  recovery?: unknown[];
  /** Members of the manifest to replace. */
  replace?: Record<string, unknown>;
}

/** A RUDI record as a producer would write it. */
export function rudiRecord(o: PublicationOptions & { organisation: string }): RudiMetadata {
  const lang = o.lang ?? 'fr';
  const contact = { contact_id: '74b973fa-59c1-4f40-9dbe-0e2ca1e66af7', contact_name: o.contact_name ?? 'Maëlle Kerjean', email: 'maelle.kerjean@rennes.example', role: 'gestionnaire' };
  return parseRudiMetadata({
    global_id: o.dataset_id,
    resource_title: o.title ?? 'Arbres de la ville',
    synopsis: [{ lang, text: o.synopsis ?? 'Chaque arbre des rues et des parcs' }],
    summary: [{ lang, text: o.summary ?? 'Position, essence et hauteur de chaque arbre suivi par les jardiniers.' }],
    theme: o.theme ?? 'environment',
    keywords: o.keywords ?? ['arbre', 'nature'],
    producer: { organization_id: '349b050c-cd74-447c-b82e-b7e7b2553c1d', organization_name: o.organisation },
    contacts: [contact],
    ...(o.access === 'restricted' ? {} : { available_formats: [] }),
    resource_languages: [lang],
    dataset_dates: { created: '2025-01-01T00:00:00Z', updated: '2025-06-01T00:00:00Z' },
    storage_status: 'online',
    access_condition: {
      confidentiality: { restricted_access: o.access === 'restricted', gdpr_sensitive: false },
      licence: { licence_type: 'STANDARD', licence_label: o.licence ?? 'etalab-2.0' },
    },
    metadata_info: { api_version: '1.4.0' },
  });
}

/** Signs a publication with the producer's keys. */
export function makePublication(producer: TestProducer, o: PublicationOptions, now: Date): Publication {
  const version = o.version ?? 1;
  const { metadata, contacts } = withoutPeople(rudiRecord({ ...o, organisation: producer.name }), commitTo);
  const files = (o.resources ?? []).some((resource) => typeof resource === 'object' && resource !== null && 'age' in resource);
  const payload = {
    v: 1,
    dataset_id: o.dataset_id,
    producer_id: producer.producer_id,
    version,
    prev: o.prev ?? null,
    issued_at: now.toISOString(),
    status: o.status ?? 'active',
    schema: { id: 'https://sceau.example/schemas/rudi-metadata.json', sha256: SCHEMA_DIGESTS['rudi-metadata'].sha256 },
    metadata,
    policy: null,
    access: o.access ?? 'open',
    custody: files ? 'portal' : 'none',
    resources: o.resources ?? [],
    ...o.replace,
  };
  return resign(producer, { dataset_id: o.dataset_id, version, payload, digest: '', body: { contacts, headers: o.headers ?? [], deposits: o.deposits ?? [], recovery: o.recovery ?? [] } });
}

/** The publication signed anew after a test changed its payload. */
export function resign(producer: TestProducer, publication: Publication, key = producer.keys.manifest): Publication {
  const manifest = signStatement('dataset-manifest+jws', publication.payload, [key]);
  return { ...publication, digest: statementDigest(manifest), body: { ...publication.body, manifest } };
}

/** Sends a publication as the producer's node. */
export function send(portal: TestPortal, producer: TestProducer, publication: Publication): Promise<Answer> {
  return portal.call('PUT', `/api/v1/datasets/${publication.dataset_id}/versions/${publication.version}`, { json: publication.body, as: producer.keys.api });
}

/** Uploads a body whole, as the producer's node; gives its root. */
export async function upload(portal: TestPortal, producer: TestProducer, bytes: Uint8Array): Promise<{ root: string; size: number }> {
  const { root, size } = await hashBody(bytesOf(bytes));
  const started = await portal.call('POST', '/api/v1/uploads', { json: { producer_id: producer.producer_id, root, body_size: size }, as: producer.keys.api });
  if (started.status >= 300) throw new Error(`the upload did not start: ${started.text}`);
  if (started.json.state === 'complete') return { root, size };
  for (let part = 0; part * PART_SIZE < size; part += 1) {
    const piece = bytes.subarray(part * PART_SIZE, (part + 1) * PART_SIZE);
    const sent = await portal.call('PUT', `/api/v1/uploads/${started.json.upload_id}/parts/${part}`, { bytes: piece, as: producer.keys.api });
    if (sent.status !== 204) throw new Error(`part ${part} was not taken: ${sent.text}`);
  }
  const done = await portal.call('POST', `/api/v1/uploads/${started.json.upload_id}/complete`, { json: {}, as: producer.keys.api });
  if (done.status !== 200) throw new Error(`the upload did not complete: ${done.text}`);
  return { root, size };
}

/** Uploads an open file and gives its resource. */
export async function openFile(portal: TestPortal, producer: TestProducer, file: FileToPublish) {
  const { root, size } = await upload(portal, producer, file.bytes);
  const { resource_id, name } = file;
  return { kind: 'file', resource_id, name, media_type: file.media_type ?? 'text/csv', body_size: size, tree: { alg: 'rfc6962-sha256-1MiB', root }, size, sha256: digestOf(file.bytes) };
}

/** Seals and uploads a file, and gives its resource and header. */
export async function sealedFile(portal: TestPortal, producer: TestProducer, file: FileToPublish & { content_key: ContentKey }) {
  const body = collect();
  const sealed: SealedBody = await sealBody(bytesOf(file.bytes), file.content_key.recipient, body.sink);
  await upload(portal, producer, body.bytes());
  const { resource_id, name, content_key } = file;
  const { epoch, recipient } = content_key;
  const resource = {
    kind: 'file',
    resource_id,
    name,
    media_type: file.media_type ?? 'text/csv',
    body_size: sealed.body_size,
    tree: { alg: 'rfc6962-sha256-1MiB', root: sealed.root },
    age: { epoch, recipient, header_sha256: sealed.header_sha256, header_size: sealed.header_size, pq: false },
  };
  return { resource, header: { resource_id, header: encodeBase64url(sealed.header) }, sealed, body: body.bytes() };
}

/** The deposit of a content key as a node sends it. */
export async function depositOf(portal: TestPortal, producer: TestProducer, content_key: ContentKey): Promise<{ statement: Statement; deposit: string }> {
  const deposit = await sealText(content_key.text, [portal.portal.keys.broker_recipient]);
  const { dataset_id, epoch, recipient } = content_key;
  const payload = { v: 1, producer_id: producer.producer_id, dataset_id, epoch, recipient, deposit_sha256: digestOf(deposit) };
  return { statement: signStatement('key-deposit+jws', payload, [producer.keys.release]), deposit: encodeBase64url(deposit) };
}

/** A content key sealed to the producer's recovery recipient. */
export async function recoveryOf(producer: TestProducer, content_key: ContentKey): Promise<{ epoch: number; sealed: string }> {
  return { epoch: content_key.epoch, sealed: encodeBase64url(await sealText(content_key.text, [producer.recovery.recipient])) };
}

/** A sealed dataset with one file, published: what later steps need of it. */
export interface SealedDataset {
  dataset_id: string;
  resource_id: string;
  content_key: ContentKey;
  plaintext: Uint8Array;
  publication: Publication;
  resource: ReturnType<typeof JSON.parse>;
  sealed: SealedBody;
}

/** Publishes version 1 of a sealed dataset; in custody `portal` unless told, with its deposit. */
export async function publishSealed(portal: TestPortal, producer: TestProducer, o: { dataset_id?: string; plaintext?: Uint8Array; title?: string; custody?: 'portal' | 'producer' } = {}): Promise<SealedDataset> {
  const dataset_id = o.dataset_id ?? portal.portal.newUuid();
  const resource_id = portal.portal.newUuid();
  const content_key = await generateContentKey(dataset_id, 1);
  const plaintext = o.plaintext ?? Buffer.from('nom;montant\nAssociation A;1200\n');
  const { resource, header, sealed } = await sealedFile(portal, producer, { resource_id, name: 'subventions.csv', bytes: plaintext, content_key });
  const publication = makePublication(
    producer,
    {
      dataset_id,
      access: 'restricted',
      title: o.title ?? 'Subventions versées',
      resources: [resource],
      headers: [header],
      deposits: o.custody === 'producer' ? [] : [await depositOf(portal, producer, content_key)],
      recovery: [await recoveryOf(producer, content_key)],
      replace: { custody: o.custody ?? 'portal' },
    },
    portal.portal.clock.now(),
  );
  const answer = await send(portal, producer, publication);
  if (answer.status !== 201) throw new Error(`the dataset was not published: ${answer.text}`);
  return { dataset_id, resource_id, content_key, plaintext, publication, resource, sealed };
}

/** Publishes version 1 of an open dataset with one file. */
export async function publishOpen(portal: TestPortal, producer: TestProducer, o: Partial<PublicationOptions> & { bytes?: Uint8Array; name?: string } = {}) {
  const dataset_id = o.dataset_id ?? portal.portal.newUuid();
  const resource_id = portal.portal.newUuid();
  const bytes = o.bytes ?? Buffer.from('essence;hauteur\nchêne;12\n');
  const resource = await openFile(portal, producer, { resource_id, name: o.name ?? 'arbres.csv', bytes });
  const publication = makePublication(producer, { ...o, dataset_id, resources: [resource] }, portal.portal.clock.now());
  const answer = await send(portal, producer, publication);
  if (answer.status !== 201) throw new Error(`the dataset was not published: ${answer.text}`);
  return { dataset_id, resource_id, bytes, resource, publication };
}
