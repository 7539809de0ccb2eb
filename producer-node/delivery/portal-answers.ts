import { refusal } from '../errors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads one JSON answer of a portal: each getter gives the member in its type or throws `not_a_portal`. */
export interface AnswerReader {
  text(name: string): string;
  optionalText(name: string): string;
  integer(name: string): number;
  list(name: string): unknown[];
  bool(name: string): boolean;
  /** The member as it came. */
  raw(name: string): unknown;
}

/** A reader of `json`, an answer of the portal at `portal`. */
export function readAnswer(json: unknown, portal: string): AnswerReader {
  const wrong = (what: string): Error => refusal('not_a_portal', { portal, reason: what });
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong('the answer is not a JSON object');
  const fields: Fields = { ...json };
  const typed = <T>(name: string, holds: (value: unknown) => value is T): T => {
    const value = fields[name];
    if (!holds(value)) throw wrong(`its answer has no proper “${name}”`);
    return value;
  };
  return {
    text: (name) => typed(name, (value) => typeof value === 'string'),
    optionalText: (name) => (typeof fields[name] === 'string' ? fields[name] : ''),
    integer: (name) => typed(name, (value): value is number => Number.isSafeInteger(value)),
    list: (name) => typed(name, (value): value is unknown[] => Array.isArray(value)),
    bool: (name) => typed(name, (value) => typeof value === 'boolean'),
    raw: (name) => fields[name],
  };
}
