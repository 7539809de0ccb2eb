import type { Pins } from './pins.ts';

/** The pins without the portal, producer or dataset of that id; a producer takes the marks of its datasets with it, a portal the places in its log. The same object when none has it. */
export function forgetParty(pins: Pins, id: string): Pins {
  const portals = pins.portals.filter((pin) => pin.portal_id !== id);
  // Indexes of a log mean nothing without the portal that keeps it.
  const producers = pins.producers
    .filter((pin) => pin.producer_id !== id)
    .map((pin) => ({ ...pin, key_set_places: pin.key_set_places.filter((place) => place.portal_id !== id) }));
  const marks = pins.marks.filter((mark) => mark.dataset_id !== id && mark.producer_id !== id);
  const before = pins.portals.length + pins.producers.length + pins.marks.length;
  return portals.length + producers.length + marks.length === before ? pins : { v: 1, portals, producers, marks };
}
