import { PortalError } from './errors.ts';

/**
 * The body as an object with all members `required`, and none besides these and `optional`; `schema` with one issue per member
 * otherwise. The members' own shapes are checked by whoever reads them.
 */
export function requireObject<R extends string, O extends string = never>(value: unknown, required: readonly R[], optional: readonly O[] = []): Record<R, unknown> & Partial<Record<O, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PortalError('schema', 'The body must be a JSON object.', { issues: [{ pointer: '', message: 'Send a JSON object here.' }] });
  }
  const known = new Set<string>([...required, ...optional]);
  const issues = [
    ...required.filter((name) => !Object.hasOwn(value, name)).map((name) => ({ pointer: `/${name}`, message: `Give ${name}.` })),
    ...Object.keys(value)
      .filter((name) => !known.has(name))
      .map((name) => ({ pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, message: 'This field is not known here: leave it out.' })),
  ];
  if (issues.length > 0) throw new PortalError('schema', issues[0]?.message ?? 'The body has another shape.', { issues });
  return value as Record<R, unknown> & Partial<Record<O, unknown>>;
}

/**
 * Whether a text can be shown, mailed and logged as it is: no control character (C0, C1, delete), nothing that turns the direction of
 * writing, so that it reads as what it is; on one line, or with `lines` on several (`\n` or `\r\n`) and with tabs.
 */
export function isPlainText(text: string, o: { lines: boolean }): boolean {
  const shown = o.lines ? text.replaceAll(/\r\n|[\n\t\u2028\u2029]/g, ' ') : text;
  return !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(shown);
}

/** A text of 1 to `max` characters without control characters, trimmed; `schema` with the pointer otherwise. */
export function requireText(value: unknown, pointer: string, o: { max: number; min?: number; lines?: boolean }): string {
  const text = typeof value === 'string' ? value.normalize('NFC').trim() : undefined;
  if (text === undefined || text.length < (o.min ?? 1) || text.length > o.max || !isPlainText(text, { lines: o.lines === true })) {
    throw fieldError(pointer, `Give a text of ${o.min ?? 1} to ${o.max} characters${o.lines === true ? '' : ' on one line'}.`);
  }
  return text;
}

/** An array of `min` to `max` items, the items unchecked; `schema` with the pointer otherwise. */
export function requireList(value: unknown, pointer: string, o: { min?: number; max: number }): unknown[] {
  if (!Array.isArray(value) || value.length < (o.min ?? 0) || value.length > o.max) throw fieldError(pointer, `Give a list of ${o.min ?? 0} to ${o.max} items.`);
  return value;
}

/** A refusal of one field: `schema` with one issue. */
export function fieldError(pointer: string, message: string): PortalError {
  return new PortalError('schema', message, { issues: [{ pointer, message }] });
}
