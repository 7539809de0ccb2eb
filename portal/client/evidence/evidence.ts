import type { Digest, Statement } from '#crypto';
import { ClientError } from '../errors.ts';
import { type AnswerObject, malformed, readCount, readDigest, readList, readObject, readStatement, readText, readTexts } from '../wire/answer.ts';
import { type LoggedAct, readLoggedAct } from './logged-act.ts';

/** A producer's word on its newest versions, with the path that shows one dataset under its root. */
export interface HeadsEvidence {
  statement: Statement;
  /** The dataset's line: id, newest version, digest of its payload. */
  entry: [dataset_id: string, version: number, digest: Digest];
  entry_index: number;
  /** Hashes from the entry to the root, base64url, nearest first. */
  path: string[];
  size: number;
}

/** A contact that was taken out of the signed bytes, with the salt of its commitment. */
export interface ServedContact {
  contact_id: string;
  salt: string;
  contact: unknown;
}

/** Everything that is needed to verify one version of a dataset without asking anybody. */
export interface Evidence {
  dataset_id: string;
  version: number;
  manifest: Statement;
  /** Its entry in the portal's log; null during the second between publication and integration. */
  act: LoggedAct | null;
  producer_key_sets: Statement[];
  /** The log entry of each key set; null for one that is not integrated yet. */
  producer_key_acts: (LoggedAct | null)[];
  portal_key_sets: Statement[];
  heads: HeadsEvidence | null;
  /** Manifests of the versions after this one, up to the one that the heads name, where its key was replaced since. */
  later?: Statement[];
  contacts: ServedContact[];
}

/** Most bytes of an evidence document: a manifest of 1.5 MiB, chains and proofs, base64url. */
export const EVIDENCE_MAX_BYTES = 8 * 1024 * 1024;

/** The gate from a JSON value to evidence, of which nothing is verified yet; refuses with `evidence_malformed`. */
export function parseEvidence(value: unknown): Evidence {
  try {
    return fromObject(readObject(value, 'evidence of a dataset'));
  } catch (cause) {
    if (cause instanceof ClientError) throw new ClientError('evidence_malformed', cause.detail, { cause, facts: cause.facts });
    throw cause;
  }
}

function fromObject(object: AnswerObject): Evidence {
  const { act, heads, later } = object.members;
  return {
    dataset_id: readText(object, 'dataset_id'),
    version: readCount(object, 'version'),
    manifest: readStatement(object.members['manifest'], 'a manifest'),
    act: act === null || act === undefined ? null : readLoggedAct(act, 'the log entry of a manifest'),
    producer_key_sets: readList(object, 'producer_key_sets', (entry) => readStatement(entry, 'a key set')),
    producer_key_acts: readList(object, 'producer_key_acts', (entry) => (entry === null ? null : readLoggedAct(entry, 'the log entry of a key set'))),
    portal_key_sets: readList(object, 'portal_key_sets', (entry) => readStatement(entry, 'a key set')),
    heads: heads === null || heads === undefined ? null : readHeads(heads),
    ...(later === null || later === undefined ? {} : { later: readList(object, 'later', (entry) => readStatement(entry, 'a manifest')) }),
    contacts: readList(object, 'contacts', readContact),
  };
}

function readHeads(value: unknown): HeadsEvidence {
  const object = readObject(value, 'the heads of a producer');
  return {
    statement: readStatement(object.members['statement'], 'a heads statement'),
    entry: readEntry(object),
    entry_index: readCount(object, 'entry_index'),
    path: readTexts(object, 'path', 64),
    size: readCount(object, 'size'),
  };
}

function readEntry(object: AnswerObject): HeadsEvidence['entry'] {
  const [dataset_id, version, digest, ...rest] = readList(object, 'entry', (value) => value, 3);
  const line = readObject({ dataset_id, version, digest }, 'the line of a dataset in heads');
  if (rest.length > 0) throw malformed(line.what, 'it is longer');
  return [readText(line, 'dataset_id'), readCount(line, 'version'), readDigest(line, 'digest')];
}

function readContact(value: unknown): ServedContact {
  const object = readObject(value, 'a contact');
  return { contact_id: readText(object, 'contact_id'), salt: readText(object, 'salt'), contact: object.members['contact'] ?? null };
}
