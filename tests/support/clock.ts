/** A clock that stands still until a test moves it; its `now` goes where the product's records take theirs. */
export interface TestClock {
  now(): Date;
  /** Moves forward by seconds (backward when negative). */
  advance(seconds: number): void;
  /** Sets it; RFC 3339, such as `2026-03-01T09:00:00Z`. */
  set(at: string): void;
}

/** A clock that starts at `at` (RFC 3339, default the current whole second). `now` needs no `this`. */
export function createClock(at?: string): TestClock {
  let ms = at === undefined ? Math.floor(Date.now() / 1000) * 1000 : parse(at);
  return {
    now: () => new Date(ms),
    advance: (seconds) => {
      ms += seconds * 1000;
    },
    set: (text) => {
      ms = parse(text);
    },
  };
}

function parse(at: string): number {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new Error(`${at} is not a time`);
  return ms;
}
