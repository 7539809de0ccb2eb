import type { Manifest } from '#catalog-schema';
import type { Digest } from '#crypto';
import type { PinOrigin, Pins, SeenCheckpoint } from '../trust/pins.ts';
import type { NameVerdict } from '../trust/verify-producer-keys.ts';
import type { ContactVerdict } from './check-contacts.ts';

/** Whether a version is the newest one. */
export type CurrentVerdict =
  /** The producer itself says so, in a statement in force until `until`. */
  | { verdict: 'current'; until: string }
  /** A newer version was seen before, or the producer's word names another one. */
  | { verdict: 'superseded'; newest_version: number }
  /** Nobody can say: `since` is the latest time of which the producer's own signatures speak, never the portal's clock. */
  | { verdict: 'freshness_unknown'; since: string };

/** What was found out about one version of a dataset. Existing at all means: authentic. */
export interface Verdict {
  dataset_id: string;
  version: number;
  /** Digest of the manifest's payload: the name of this version. */
  digest: Digest;
  /** The manifest, out of verified bytes. */
  manifest: Manifest;
  /** A key of the producer that held the role `manifest` at this place in the log signed these bytes. */
  authentic: { verdict: 'authentic'; kid: string; key_set_version: number; log_index: number; log_size: number; logged_at: string };
  current: CurrentVerdict;
  producer: { producer_id: string; name: string; domain: string | null; named: NameVerdict };
  /** The portal whose log proves it; `by` is null when it was never met, so that its log is a stranger's. */
  portal: { portal_id: string; name: string; by: PinOrigin | null; since: string | null };
  contacts: ContactVerdict[];
  /** Checkpoints that the proofs rest on; each must continue the log seen before. */
  checkpoints: SeenCheckpoint[];
  /** The pins with what was learned; the caller keeps them once the checkpoints were followed. */
  pins: Pins;
}
