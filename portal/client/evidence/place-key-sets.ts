import { keyWithRole, type VerifiedKeySet } from '#crypto';
import { ClientError } from '../errors.ts';
import type { KeySetPlace } from '../trust/pins.ts';
import type { VerifiedPortal } from '../trust/verify-portal-keys.ts';
import type { VerifiedProducer } from '../trust/verify-producer-keys.ts';
import { claimOf, type LoggedAct } from './logged-act.ts';

/** A key set of the producer with its place in the log, as shown now or proved earlier; both undefined while nobody shows one. */
export interface PlacedKeySet {
  set: VerifiedKeySet;
  /** The first act about it among those shown: still to be proved. */
  act: LoggedAct | undefined;
  /** The lower of the place that this act claims and the lowest one proved before. */
  index: number | undefined;
}

/**
 * Gives each key set of the producer its place in this portal's log. Log order decides, not clocks: a key set is in force from its own
 * place to that of the next one. The lowest place counts, among the acts shown and those proved before, since a portal that logs a key
 * set once more would otherwise keep the one before in force for longer. Places shown are claims until the caller proves every one
 * of them, also those behind the manifest. Refuses with `act_mismatch` key sets in another order than their versions.
 */
export function placeKeySets(producer: VerifiedProducer, acts: readonly (LoggedAct | null)[], portal: VerifiedPortal): PlacedKeySet[] {
  const claims = acts
    .filter((act) => act !== null)
    .map((act) => ({ act, claim: claimOf(act) }))
    .filter(({ claim }) => claim.act.type === 'producer.keys' || claim.act.type === 'producer.succeeds')
    .toSorted((a, b) => a.claim.index - b.claim.index);
  const placed = producer.key_sets.map((set): PlacedKeySet => {
    const logged = claims.find(({ claim }) => claim.act.subject === set.digest);
    const proved = provedPlaces(producer, portal).find((place) => place.key_set === set.digest);
    const indexes = [logged?.claim.index, proved?.index].filter((index) => index !== undefined);
    return { set, act: logged?.act, index: indexes.length === 0 ? undefined : Math.min(...indexes) };
  });
  const indexes = placed.flatMap((step) => step.index ?? []);
  if (indexes.some((index, place) => place > 0 && index <= (indexes[place - 1] ?? 0))) {
    throw new ClientError('act_mismatch', "The producer's key sets stand in the log in another order than their versions.");
  }
  return placed;
}

/**
 * The key set in force at a place of the log. Refuses with `manifest_key_not_in_force` when none stands before it, or when one that was
 * seen earlier and is not among those shown does: evidence may have been saved before a key set came, not have happened after it.
 */
export function keySetAt(placed: readonly PlacedKeySet[], index: number, producer: VerifiedProducer, portal: VerifiedPortal): VerifiedKeySet {
  const inForce = placed.findLast((step) => step.index !== undefined && step.index < index)?.set;
  const shown = new Set<string>(placed.map((step) => step.set.digest));
  const hidden = provedPlaces(producer, portal).some((place) => !shown.has(place.key_set) && place.index < index);
  if (inForce === undefined) throw new ClientError('manifest_key_not_in_force', 'No key set of the producer stands in the log before this manifest.');
  if (hidden) throw new ClientError('manifest_key_not_in_force', 'A newer key set of the producer, which is not shown here, stands in the log before this manifest.');
  return inForce;
}

/** Refuses with `not_in_log` a manifest by a key that a key set without a place has replaced: that key set may have come before it. */
export function checkUnplaced(placed: readonly PlacedKeySet[], kid: string): void {
  for (const { set, index } of placed) {
    if (index === undefined && keyWithRole(set, kid, 'manifest') === undefined) {
      throw new ClientError('not_in_log', `Version ${set.version} of the producer's key set, which replaced the key of this manifest, is not shown in the log.`);
    }
  }
}

function provedPlaces(producer: VerifiedProducer, portal: VerifiedPortal): KeySetPlace[] {
  return (producer.pin?.key_set_places ?? []).filter((place) => place.portal_id === portal.portal_id);
}
