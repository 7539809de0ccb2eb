import { isCommitted, type Manifest, parseManifest, type Resource, type RudiMetadata, SCHEMA_DIGESTS, SchemaError, withoutPeople } from '#catalog-schema';
import { canonicalBytes, commitTo, decodeBase64url, digestFromBytes, sha256, signStatement, statementDigest } from '#crypto';
import { isUniqueViolation } from '../db/database.ts';
import type { NewPublicationFile, ProducerRow, StoredContact } from '../db/tables.ts';
import { insertOutbox } from '../delivery/outbox-store.ts';
import { refusal } from '../errors.ts';
import { readProducerKey } from '../keys/key-home.ts';
import type { ProducerNode } from '../node.ts';
import type { Head } from './compare-heads.ts';
import { insertPublication, moveHead, rememberPaths } from './dataset-store.ts';
import { assertStorable } from './storable-text.ts';

/** The file of a publication, as far as it is known before signing. */
export type DraftFile = Omit<NewPublicationFile, 'dataset_id' | 'version' | 'digest'>;

/** A version about to be signed. */
export interface PublicationDraft {
  producer: ProducerRow;
  dataset_id: string;
  /** The version it builds on; version 0: none. */
  head: Head;
  status: 'active' | 'withdrawn';
  /** People are still named in it. */
  metadata: RudiMetadata;
  previous_contacts: readonly StoredContact[];
  access: 'open' | 'restricted';
  custody: Manifest['custody'];
  resources: readonly Resource[];
  files: readonly DraftFile[];
  /** Paths on this machine to be remembered as this dataset. */
  paths: readonly string[];
  content_digest: string;
}

/** A version that is signed and queued. */
export interface SignedPublication {
  dataset_id: string;
  version: number;
  digest: string;
  title: string;
  outbox_id: number;
}

/**
 * Signs a version and queues it, in one transaction: publication, head of the dataset, outbox row. Nothing of it remains when
 * anything fails. Throws `wrong_schema`, `published_meanwhile`, `key_missing`.
 */
export async function signPublication(node: ProducerNode, draft: PublicationDraft): Promise<SignedPublication> {
  const { producer, dataset_id, head } = draft;
  const now = node.clock.now();
  const { metadata, contacts } = separatePeople(draft.metadata, draft.previous_contacts);
  const manifest = checkManifest(
    {
      v: 1,
      dataset_id,
      producer_id: producer.producer_id,
      version: head.version + 1,
      prev: head.version === 0 ? null : head.digest,
      issued_at: `${now.toISOString().slice(0, 19)}Z`,
      status: draft.status,
      schema: SCHEMA_DIGESTS['rudi-metadata'],
      metadata,
      policy: null,
      access: draft.access,
      custody: draft.custody,
      resources: draft.resources,
    },
    contacts,
  );
  const statement = signStatement('dataset-manifest+jws', manifest, [await readProducerKey(node.config.home, producer.producer_id, 'manifest')]);
  const digest = statementDigest(statement);
  const key = { dataset_id, version: manifest.version, digest };
  try {
    const outbox_id = await node.db.transaction().execute(async (trx) => {
      const { status, access, custody } = manifest;
      const moved = await moveHead(trx, head, { dataset_id, producer_id: producer.producer_id, title: metadata.resource_title, head_version: manifest.version, head_digest: digest, status, access, custody, updated_at: now });
      if (!moved) throw refusal('published_meanwhile', { dataset_id });
      await insertPublication(
        trx,
        { ...key, producer_id: producer.producer_id, manifest: JSON.stringify(statement), content_digest: draft.content_digest, contacts: JSON.stringify(contacts), state: 'waiting', issued_at: now, published_at: null },
        draft.files.map((file) => ({ ...file, ...key })),
      );
      await rememberPaths(trx, producer.producer_id, dataset_id, draft.paths);
      return insertOutbox(trx, { producer_id: producer.producer_id, kind: 'version', subject_id: dataset_id, version: manifest.version, digest }, now);
    });
    return { ...key, title: metadata.resource_title, outbox_id };
  } catch (cause) {
    if (isUniqueViolation(cause)) throw refusal('published_meanwhile', { dataset_id }, { cause });
    throw cause;
  }
}

/**
 * Takes people out of the metadata. One whose contact has not changed keeps salt and commitment, so that nothing seems changed; one
 * who is committed to already (a version carried on as it was) keeps what is served beside the manifest.
 */
function separatePeople(metadata: RudiMetadata, previous: readonly StoredContact[]): { metadata: RudiMetadata; contacts: StoredContact[] } {
  const separated = withoutPeople(metadata, (contact) => {
    const known = previous.find((one) => one.contact_id === contact.contact_id && sameJson(one.contact, contact));
    if (known === undefined) return commitTo(contact);
    return { salt: known.salt, commitment: digestFromBytes(sha256(decodeBase64url(known.salt), canonicalBytes(contact))) };
  });
  const fresh = separated.contacts.map(({ contact_id, salt, contact }) => ({ contact_id, salt, contact: { ...contact } }));
  const committed = new Set([...metadata.contacts, ...(metadata.metadata_info.metadata_contacts ?? [])].filter(isCommitted).map((contact) => contact.contact_id));
  return { metadata: separated.metadata, contacts: [...fresh, ...previous.filter((one) => committed.has(one.contact_id))] };
}

// The contacts go beside the manifest and are stored wherever it is.
function checkManifest(value: unknown, contacts: readonly StoredContact[]): Manifest {
  try {
    assertStorable({ manifest: value, contacts });
    return parseManifest(value);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw refusal('wrong_schema', { what: 'manifest', issues: issuesText(cause) }, { cause });
  }
}

/** The first issues of a schema's refusal on one line. */
export function issuesText(error: SchemaError): string {
  return error.issues.slice(0, 5).map(({ pointer, message }) => (pointer === '' ? message : `${pointer}: ${message}`)).join(' · ');
}

function sameJson(a: unknown, b: unknown): boolean {
  return Buffer.compare(canonicalBytes(a), canonicalBytes(b)) === 0;
}
