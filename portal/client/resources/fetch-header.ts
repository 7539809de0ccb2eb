import type { SealedFileResource } from '#catalog-schema';
import { digestOf, HEADER_MAX_BYTES } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { signedCall } from '../wire/call.ts';
import { resourcePath } from './fetch-leaves.ts';

/** The age header of a sealed file, served under a live grant; refuses with `header_refused` another one than the signed. */
export async function fetchHeader(client: Client, version: VerifiedVersion, resource: SealedFileResource): Promise<Uint8Array> {
  const { dataset_id, version: number } = version.verdict;
  const { bytes } = await signedCall(client, { method: 'GET', path: resourcePath(dataset_id, number, resource.resource_id, 'header'), max_bytes: HEADER_MAX_BYTES });
  return checkHeader(bytes, resource);
}

/** The header if its size and digest are the signed ones; `header_refused` otherwise. */
export function checkHeader(header: Uint8Array, { age }: SealedFileResource): Uint8Array {
  const reason = header.length !== age.header_size ? 'header_size_mismatch' : digestOf(header) !== age.header_sha256 ? 'header_digest_mismatch' : undefined;
  if (reason !== undefined) throw new ClientError('header_refused', 'The header is not the one that the manifest names.', { reason, facts: { why: reason } });
  return header;
}
