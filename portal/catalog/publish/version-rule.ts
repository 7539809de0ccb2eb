import { PortalError } from '../../errors.ts';

/** What the catalogue knows of a dataset when a manifest arrives; undefined for a dataset that it does not know. */
export interface Standing {
  producer_id: string;
  head_version: number;
  head_digest: string;
  frozen: boolean;
  /** Digest recorded for the very version that arrives, if there is one. */
  recorded_digest: string | undefined;
}

/** What is to be done with a manifest: accept it as first or next version, give the same answer again, or keep both of two contents. */
export type VersionVerdict = 'first' | 'next' | 'again' | 'equivocation';

/**
 * The version rule (formats §4). Accepts version 1 of an unknown dataset and head + 1 with prev = the head's digest. Refuses with
 * `forbidden` (`dataset_of_another_producer`: an id belongs for ever to the producer of its version 1), `conflict`
 * (`dataset_frozen`, `prev_mismatch`) and `version_skipped`.
 */
export function versionRule(standing: Standing | undefined, manifest: { producer_id: string; version: number; prev: string | null }, digest: string): VersionVerdict {
  const { version, prev } = manifest;
  if (standing === undefined) {
    if (version !== 1) throw new PortalError('version_skipped', `This portal knows no version of this dataset; the first one must be version 1, not ${version}.`, { reason: 'version_skipped' });
    return 'first';
  }
  if (standing.producer_id !== manifest.producer_id) {
    throw new PortalError('forbidden', 'This dataset belongs to another producer. Choose another dataset_id.', { reason: 'dataset_of_another_producer' });
  }
  if (standing.recorded_digest === digest) return 'again';
  if (standing.recorded_digest !== undefined) return 'equivocation';
  if (standing.frozen) {
    throw new PortalError('conflict', 'This dataset is frozen: two different contents were signed for one of its versions. Ask the operator.', { reason: 'dataset_frozen' });
  }
  if (version !== standing.head_version + 1) {
    throw new PortalError('version_skipped', `The newest version here is ${standing.head_version}, so the next one is ${standing.head_version + 1}, not ${version}.`, { reason: 'version_skipped' });
  }
  if (prev !== standing.head_digest) {
    throw new PortalError('conflict', `Version ${version} does not name the digest of version ${standing.head_version} as its predecessor. Read the newest version first.`, { reason: 'prev_mismatch' });
  }
  return 'next';
}
