/** Whether a value is a JSON object with exactly the members `required`, and none besides these and `optional`. */
export function hasExactly(
  value: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return (
    required.every((name) => Object.hasOwn(value, name)) &&
    names.every((name) => required.includes(name) || optional.includes(name))
  );
}

const TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?Z$/;

/** Milliseconds of an RFC 3339 time in UTC that ends in `Z`; `undefined` for any other value, and for days that do not exist. */
export function readTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = TIME.exec(value);
  if (parts === null) return undefined;
  const time = Date.parse(value);
  // Date.parse carries 31 February over to March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== value.slice(0, 19) ? undefined : time;
}
