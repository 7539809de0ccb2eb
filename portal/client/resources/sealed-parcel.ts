import { open, readFile, rename, rm } from 'node:fs/promises';
import type { SealedFileResource } from '#catalog-schema';
import { decodeBase64url, encodeBase64url, parseStrictJson, type Statement } from '#crypto';
import type { ObtainedKey } from '../access/obtain-content-key.ts';
import { readKeyPackage } from '../access/list-key-packages.ts';
import type { KeyPackage } from '../access/verify-key-release.ts';
import { ClientError } from '../errors.ts';
import { type Evidence, EVIDENCE_MAX_BYTES, parseEvidence } from '../evidence/evidence.ts';
import { type BlindedLoggedAct, readBlindedLoggedAct } from '../evidence/logged-act.ts';
import { readObject, readStatement, readText } from '../wire/answer.ts';
import { readError, writeError } from './file-error.ts';
import { assertFree, type FileMode } from './part-file.ts';

/** Names of the files that belong to a sealed file kept under `base`. */
export function parcelPaths(base: string): { body: string; parcel: string; header: string; content_key: string } {
  return { body: `${base}.age-body`, parcel: `${base}.sceau.json`, header: `${base}.age-header`, content_key: `${base}.content-key.txt` };
}

/**
 * What lies beside a sealed body so that it can be opened and verified without the portal: evidence, header, grant, and the key
 * package still sealed to this consumer. No secret stands in it.
 */
export interface SealedParcel {
  evidence: Evidence;
  resource_id: string;
  header: Uint8Array;
  grant: { statement: Statement; act: BlindedLoggedAct };
  pack: KeyPackage;
}

const PARCEL_MAX_BYTES = EVIDENCE_MAX_BYTES + 4 * 1024 * 1024;

/** The text of a parcel. */
export function parcelText(evidence: Evidence, resource: SealedFileResource, header: Uint8Array, key: ObtainedKey): string {
  const { pack, listed } = key;
  return `${JSON.stringify({
    v: 1,
    evidence,
    resource_id: resource.resource_id,
    header: encodeBase64url(header),
    grant: { statement: listed.statement, act: listed.act },
    package: { epoch: pack.epoch, form: pack.form, package: encodeBase64url(pack.bytes), release: pack.release, act: pack.act },
  }, null, 1)}\n`;
}

/** Reads a parcel, of which nothing is verified yet; undefined when there is none. Refuses with `evidence_malformed`, `file_unreadable`. */
export async function readParcel(path: string): Promise<SealedParcel | undefined> {
  const bytes = await readSmallFile(path, PARCEL_MAX_BYTES);
  if (bytes === undefined) return undefined;
  try {
    const object = readObject(parseStrictJson(bytes, { maxBytes: PARCEL_MAX_BYTES }), 'a sealed parcel');
    const grant = readObject(object.members['grant'], 'a grant');
    return {
      evidence: parseEvidence(object.members['evidence']),
      resource_id: readText(object, 'resource_id'),
      header: decodeBase64url(readText(object, 'header')),
      grant: { statement: readStatement(grant.members['statement'], 'a grant'), act: readBlindedLoggedAct(grant.members['act']) },
      pack: readKeyPackage(object.members['package']),
    };
  } catch (cause) {
    throw new ClientError('evidence_malformed', `${path} is not what sceau get left there.`, { cause, facts: { path } });
  }
}

/** The bytes of a small file, or undefined when there is none; `file_unreadable` otherwise, also beyond `most` bytes. */
export async function readSmallFile(path: string, most: number): Promise<Uint8Array | undefined> {
  try {
    const bytes = new Uint8Array(await readFile(path));
    if (bytes.length > most) throw new ClientError('file_unreadable', `${path} is longer than ${most} bytes.`, { facts: { path, why: `> ${most}` } });
    return bytes;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw readError(cause, path);
  }
}

/** Writes a small file whole or not at all; refuses with `output_exists` unless `force`, `disk_full`, `output_unwritable`. */
export async function writeSmallFile(path: string, bytes: Uint8Array | string, o: { mode: FileMode; force: boolean }): Promise<void> {
  await assertFree(path, o.force);
  const draft = `${path}.part`;
  try {
    await rm(draft, { force: true });
    const file = await open(draft, 'wx', o.mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw writeError(cause, path);
  }
}
