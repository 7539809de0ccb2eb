import type { FileResource } from '#catalog-schema';
import { isSealed } from '#catalog-schema';
import { LEAF_HASH_SIZE, leafCount, verifyLeafList } from '#crypto';
import type { Client } from '../client.ts';
import { refusingAs } from '../errors.ts';
import { plainCall, signedCall } from '../wire/call.ts';

/** Path of one part of a stored file in the portal's interface. */
export function resourcePath(dataset_id: string, version: number, resource_id: string, part: 'body' | 'leaves' | 'header'): string {
  return `/api/v1/datasets/${dataset_id}/versions/${version}/resources/${resource_id}/${part}`;
}

/** The leaf hashes of a body, checked against the signed root; refuses with `leaves_refused`. */
export async function fetchLeaves(client: Client, dataset_id: string, version: number, resource: FileResource): Promise<Uint8Array> {
  const call = { method: 'GET', path: resourcePath(dataset_id, version, resource.resource_id, 'leaves'), max_bytes: leafCount(resource.body_size) * LEAF_HASH_SIZE + 1 } as const;
  const { bytes } = await (isSealed(resource) ? signedCall(client, call) : plainCall(client, call));
  refusingAs('leaves_refused', 'The list of leaf hashes is not the one under the signed root.', () =>
    verifyLeafList({ root: resource.tree.root, leaves: bytes, body_size: resource.body_size }),
  );
  return bytes;
}
