import { LEAF_SIZE } from '../body/body-tree.ts';

/** Thrown in a thread whose work is in vain because another one failed, or because the caller gave up. */
export class Abandoned extends Error {
  constructor() {
    super('the work was given up');
    this.name = 'Abandoned';
  }
}

/** The memory that the threads of one work share; a plain object, so that it can be handed to them. */
export interface UnitMemory {
  readonly units: number;
  /** [next unit, 1 once given up, a number that grows with every change that somebody may wait for]. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** For each slot the unit whose carried bytes it may take next, then for each slot the unit whose bytes it holds. */
  readonly slots: Int32Array<SharedArrayBuffer>;
  readonly carried: Uint8Array<SharedArrayBuffer>;
}

const NEXT = 0;
const GIVEN_UP = 1;
const CHANGES = 2;
const SLOTS = 8;

/** Fresh memory for a work of so many units. */
export function createUnitMemory(units: number): UnitMemory {
  const slots = new Int32Array(new SharedArrayBuffer(2 * SLOTS * 4));
  for (let slot = 0; slot < SLOTS; slot++) {
    // Nothing is carried into unit 0.
    slots[slot] = slot === 0 ? SLOTS : slot;
    slots[SLOTS + slot] = -1;
  }
  return { units, control: new Int32Array(new SharedArrayBuffer(3 * 4)), slots, carried: new Uint8Array(new SharedArrayBuffer(SLOTS * LEAF_SIZE)) };
}

/** One thread's hold on the shared work: units are taken in order, each by one thread, and bytes are carried from a unit into the next. */
export interface SharedUnits {
  /** The next unit that nobody took, undefined when there is none. Throws `Abandoned`. */
  take(): number | undefined;
  /** Leaves at most a leaf of bytes, possibly none, for every unit but the first, once. Waits for a free place. Throws `Abandoned`. */
  carryInto(unit: number, bytes: Uint8Array): void;
  /** Waits for the bytes carried into the unit and puts them into `into`, whose length both sides know; called once for every unit but the first, or the place stays taken. Throws `Abandoned`. */
  receive(unit: number, into: Uint8Array): void;
  /** Ends the work of all threads. */
  giveUp(): void;
}

/**
 * A hold on shared memory. Whoever waits, waits for a unit taken earlier than its own; the earliest unit under way waits for
 * nobody, so the work always goes on.
 */
export function shareUnits({ units, control, slots, carried }: UnitMemory): SharedUnits {
  const changed = (): void => {
    Atomics.add(control, CHANGES, 1);
    Atomics.notify(control, CHANGES);
  };
  const waitFor = (index: number, value: number): void => {
    for (;;) {
      const seen = Atomics.load(control, CHANGES);
      if (Atomics.load(control, GIVEN_UP) === 1) throw new Abandoned();
      if (Atomics.load(slots, index) === value) return;
      Atomics.wait(control, CHANGES, seen);
    }
  };
  return {
    take() {
      if (Atomics.load(control, GIVEN_UP) === 1) throw new Abandoned();
      const unit = Atomics.add(control, NEXT, 1);
      return unit < units ? unit : undefined;
    },
    carryInto(unit, bytes) {
      const slot = unit % SLOTS;
      waitFor(slot, unit);
      carried.set(bytes, slot * LEAF_SIZE);
      Atomics.store(slots, SLOTS + slot, unit);
      changed();
    },
    receive(unit, into) {
      const slot = unit % SLOTS;
      waitFor(SLOTS + slot, unit);
      into.set(carried.subarray(slot * LEAF_SIZE, slot * LEAF_SIZE + into.length));
      Atomics.store(slots, slot, unit + SLOTS);
      changed();
    },
    giveUp() {
      Atomics.store(control, GIVEN_UP, 1);
      changed();
    },
  };
}
