import { keyWithRole } from '#crypto';
import { ClientError } from '../errors.ts';
import type { DatasetMark } from '../trust/pins.ts';
import type { VerifiedProducer } from '../trust/verify-producer-keys.ts';
import { checkMark, type VersionLink } from './check-mark.ts';
import type { HeadsVerdict } from './verify-heads.ts';

/** What may speak for a manifest whose key was replaced since. */
export interface Vouchers {
  /** The mark of the dataset, once the version rule joined the manifest to it. */
  mark: DatasetMark | undefined;
  heads: HeadsVerdict | undefined;
  /** Manifests of the versions after this one, up to the one that the heads name. */
  later: readonly unknown[] | undefined;
}

/**
 * Refuses a manifest by a key that the producer's newest key set no longer holds, unless this reader accepted that version before, or
 * heads by a key of the newest set name it or a later version chained to it by `prev`. The log alone does not do: it is the portal
 * that shows where a key set stands, and with a stolen key and an entry made twice it could show a forgery as older than the
 * theft. Refuses with `manifest_key_retired`, and with `history_missing` or `history_broken` when `later` does not join.
 */
export function checkRetiredKey(found: VersionLink, kid: string, producer: VerifiedProducer, { mark, heads, later }: Vouchers): void {
  if (keyWithRole(producer.newest, kid, 'manifest') !== undefined) return;
  if (mark !== undefined && mark.version >= found.version) return;
  const named = heads?.by_newest_keys === true && heads.named_version >= found.version ? heads : undefined;
  if (named === undefined || (named.named_version > found.version && later === undefined)) {
    throw new ClientError('manifest_key_retired', 'The manifest is signed by a key that was replaced since, and nothing by the present keys of its producer names this version.', {
      facts: { version: found.version },
    });
  }
  checkMark(found, { version: named.named_version, digest: named.named_digest }, later ?? [], { by_number: true });
}
