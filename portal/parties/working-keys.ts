import type { VerifiedKeySet } from '#crypto';
import { PortalError } from '../errors.ts';

/** The kid of the key with which a producer's node signs calls today; `bad_evidence` (`no_key_in_force`) for a set with which nothing could be published. */
export function requireWorkingKeys(set: VerifiedKeySet, now: Date): string {
  const api = inForce(set, 'api', now);
  if (api === undefined || inForce(set, 'manifest', now) === undefined) {
    throw new PortalError('bad_evidence', 'The key set has no api key or no manifest key in force today. Check the clock of the node, and the dates of the keys.', { reason: 'no_key_in_force' });
  }
  return api;
}

function inForce(set: VerifiedKeySet, role: string, now: Date): string | undefined {
  const time = now.getTime();
  if (Date.parse(set.expires_at) <= time) return undefined;
  return set.keys.find(
    (key) =>
      key.roles.includes(role) &&
      (key.not_before === undefined || Date.parse(key.not_before) <= time) &&
      (key.not_after === undefined || Date.parse(key.not_after) > time),
  )?.kid;
}
