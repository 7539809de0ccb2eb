import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePortalKeySet, type PortalKeySet } from '#catalog-schema';
import { parseStatement, parseStrictJson, type Statement, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import { PortalError } from '../errors.ts';

/** File beside the keys that holds the portal's key sets, oldest first, as published; not a secret. */
export const KEY_SETS_FILE = 'key-sets.json';

/** The chain of a portal's key sets, verified. */
export interface PortalKeySets {
  statements: readonly Statement[];
  newest: VerifiedKeySet;
  payload: PortalKeySet;
}

/** The key sets beside the keys of `folder`; undefined when there are none. Throws CryptoError or SchemaError for a chain that does not hold. */
export async function readKeySetsFile(folder: string): Promise<PortalKeySets | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, KEY_SETS_FILE));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new PortalError('unavailable', `The file ${join(folder, KEY_SETS_FILE)} cannot be read.`, { reason: 'key_file', cause });
  }
  const value = parseStrictJson(bytes);
  if (!Array.isArray(value)) throw new PortalError('unavailable', `The file ${join(folder, KEY_SETS_FILE)} is not a list of key sets.`, { reason: 'key_file' });
  return verifyPortalKeySets(value);
}

/** Verifies a portal's chain of key sets and the shape of its newest payload. */
export function verifyPortalKeySets(chain: readonly unknown[]): PortalKeySets {
  const newest = verifyKeySetChain(chain, { typ: 'portal-keys+jws' }).at(-1);
  if (newest === undefined) throw new PortalError('unavailable', 'The portal has no key set.', { reason: 'key_file' });
  return { statements: chain.map(parseStatement), newest, payload: parsePortalKeySet(newest.payload) };
}
