import { isSealed, parseManifest, type SealedFileResource } from '#catalog-schema';
import { type PublicJwk, verifyStatement } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';
import { findManifestOfEpoch } from './evidence-store.ts';

/**
 * The recipient that the newest manifest with a file of this epoch names, after verifying it as the producer's. Throws `not_found`,
 * `bad_evidence` (`manifest_mismatch`), CryptoError or SchemaError.
 */
export async function signedRecipient(
  db: Db,
  o: { dataset_id: string; producer_id: string; epoch: number; manifestKeys: ReadonlyMap<string, PublicJwk> },
): Promise<string> {
  const manifest_text = await findManifestOfEpoch(db, o.dataset_id, o.epoch);
  if (manifest_text === undefined) throw new PortalError('not_found', 'No version of the dataset uses this epoch.', { reason: 'no_manifest' });
  const verified = verifyStatement(JSON.parse(manifest_text), { typ: 'dataset-manifest+jws', keyFor: (kid) => o.manifestKeys.get(kid) });
  const manifest = parseManifest(verified.payload);
  const file = manifest.resources.find((resource): resource is SealedFileResource => resource.kind === 'file' && isSealed(resource) && resource.age.epoch === o.epoch);
  if (manifest.dataset_id !== o.dataset_id || manifest.producer_id !== o.producer_id || file === undefined) {
    throw new PortalError('bad_evidence', 'The stored manifest is of another dataset.', { reason: 'manifest_mismatch' });
  }
  return file.age.recipient;
}
