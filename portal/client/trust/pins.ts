import type { Digest } from '#crypto';

/** How a name was tied to an id: a person compared it, the domain itself says so, or the portal said so when it was first met. */
export type PinOrigin = 'hand' | 'domain' | 'first_use';

/** The last state of a portal's log that was verified; the next one must continue it. */
export interface SeenCheckpoint {
  size: number;
  /** The root, base64url of 32 bytes. */
  root: string;
}

/** A portal met before: its key sets can only grow, its log can only grow. */
export interface PortalPin {
  portal_id: string;
  /** Where it answers, the first met first; a portal may have several addresses, an address belongs to one portal. */
  portal_urls: string[];
  name: string;
  /** Digests of its key sets, version 1 first. */
  key_sets: Digest[];
  confirmed_by: PinOrigin;
  pinned_at: string;
  checkpoint: SeenCheckpoint | null;
}

/** Where a key set of a producer stands in the log of one portal: the lowest index that was ever proved. */
export interface KeySetPlace {
  portal_id: string;
  key_set: Digest;
  index: number;
}

/** A producer met before. */
export interface ProducerPin {
  producer_id: string;
  name: string;
  domain?: string;
  /** Digests of its key sets, version 1 first. */
  key_sets: Digest[];
  confirmed_by: PinOrigin;
  pinned_at: string;
  /** A portal that logs a key set a second time cannot move the first time: the key set counts from there. */
  key_set_places: KeySetPlace[];
  /** The highest number of a heads statement seen, by a key that was in the newest key set; 0 before the first. */
  heads_seq: number;
}

/** The newest version of a dataset that was seen: what comes later may not be older. */
export interface DatasetMark {
  dataset_id: string;
  producer_id: string;
  version: number;
  digest: Digest;
  seen_at: string;
  /** Until when the producer's own word that this version is the newest was in force; null when it was never seen. */
  current_until: string | null;
}

/** Everything a consumer remembers in order not to be fooled the second time. */
export interface Pins {
  v: 1;
  portals: PortalPin[];
  producers: ProducerPin[];
  marks: DatasetMark[];
}

/** What somebody knows who has seen nothing yet. */
export function noPins(): Pins {
  return { v: 1, portals: [], producers: [], marks: [] };
}

/** The pins with one portal's pin put in or replaced, by id. */
export function withPortalPin(pins: Pins, pin: PortalPin): Pins {
  return { ...pins, portals: [...pins.portals.filter((other) => other.portal_id !== pin.portal_id), pin] };
}

/** The pins with one producer's pin put in or replaced, by id. */
export function withProducerPin(pins: Pins, pin: ProducerPin): Pins {
  return { ...pins, producers: [...pins.producers.filter((other) => other.producer_id !== pin.producer_id), pin] };
}

/** The pins with one dataset's mark put in or replaced, by id. */
export function withMark(pins: Pins, mark: DatasetMark): Pins {
  return { ...pins, marks: [...pins.marks.filter((other) => other.dataset_id !== mark.dataset_id), mark] };
}

/**
 * Both sets of pins at once, where two programs learned at the same time: longer chains, higher marks, the stronger confirmation.
 * What was taken away in `newer` and not in `older` comes back only when `older` still holds it, so removal does not use this.
 */
export function mergePins(older: Pins, newer: Pins): Pins {
  let merged = older;
  for (const pin of newer.portals) {
    const held = merged.portals.find((other) => other.portal_id === pin.portal_id);
    merged = withPortalPin(merged, held === undefined ? pin : {
      ...pin,
      portal_urls: [...new Set([...held.portal_urls, ...pin.portal_urls])],
      key_sets: longer(held.key_sets, pin.key_sets),
      confirmed_by: stronger(held.confirmed_by, pin.confirmed_by),
      checkpoint: (held.checkpoint?.size ?? 0) > (pin.checkpoint?.size ?? 0) ? held.checkpoint : pin.checkpoint,
    });
  }
  for (const pin of newer.producers) {
    const held = merged.producers.find((other) => other.producer_id === pin.producer_id);
    merged = withProducerPin(merged, held === undefined ? pin : {
      ...pin,
      key_sets: longer(held.key_sets, pin.key_sets),
      confirmed_by: stronger(held.confirmed_by, pin.confirmed_by),
      key_set_places: lowestPlaces([...held.key_set_places, ...pin.key_set_places]),
      heads_seq: Math.max(held.heads_seq, pin.heads_seq),
    });
  }
  for (const mark of newer.marks) {
    const held = merged.marks.find((other) => other.dataset_id === mark.dataset_id);
    if (held === undefined || held.version < mark.version) merged = withMark(merged, mark);
    else if (held.version === mark.version) merged = withMark(merged, { ...mark, current_until: laterTime(held.current_until, mark.current_until) });
  }
  return merged;
}

/** The places without repetition, of each key set in each log the lowest. */
export function lowestPlaces(places: readonly KeySetPlace[]): KeySetPlace[] {
  const lowest = new Map<string, KeySetPlace>();
  for (const place of places) {
    const name = `${place.portal_id} ${place.key_set}`;
    const held = lowest.get(name);
    if (held === undefined || place.index < held.index) lowest.set(name, place);
  }
  return [...lowest.values()];
}

/** The later of two times (RFC 3339), either of which may be unknown. */
export function laterTime(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) > Date.parse(b) ? a : b;
}

function longer(a: Digest[], b: Digest[]): Digest[] {
  return a.length > b.length ? a : b;
}

const STRENGTH: Record<PinOrigin, number> = { first_use: 0, domain: 1, hand: 2 };

function stronger(a: PinOrigin, b: PinOrigin): PinOrigin {
  return STRENGTH[a] > STRENGTH[b] ? a : b;
}
