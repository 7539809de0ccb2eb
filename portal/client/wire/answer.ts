import { type Digest, digestBytes, parseStatement, type Statement } from '#crypto';
import { ClientError } from '../errors.ts';

/** A JSON object of an answer, with the name of what it is for error messages. */
export interface AnswerObject {
  readonly what: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** The gate from a JSON value to an object; members we do not know are left alone, so that the portal may say more one day. */
export function readObject(value: unknown, what: string): AnswerObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(what, 'it is not an object');
  return { what, members: Object.fromEntries(Object.entries(value)) };
}

/** A text member. */
export function readText(object: AnswerObject, name: string): string {
  const value = object.members[name];
  if (typeof value !== 'string') throw malformed(object.what, `${name} is not text`);
  return value;
}

/** A text member that is an identifier, by its parser; so nothing else can stand where an identifier is shown. */
export function readId<T extends string>(object: AnswerObject, name: string, parse: (text: string) => T): T {
  const text = readText(object, name);
  try {
    return parse(text);
  } catch (cause) {
    throw malformed(object.what, `${name} is not an identifier`, cause);
  }
}

/** A text member that may be null or missing. */
export function readOptionalText(object: AnswerObject, name: string): string | null {
  const value = object.members[name] ?? null;
  if (value !== null && typeof value !== 'string') throw malformed(object.what, `${name} is not text`);
  return value;
}

/** A member that is a whole number from 0. */
export function readCount(object: AnswerObject, name: string): number {
  const value = object.members[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw malformed(object.what, `${name} is not a whole number`);
  return value;
}

/** A list member, each entry read by `read`. */
export function readList<T>(object: AnswerObject, name: string, read: (value: unknown) => T, most = 1000): T[] {
  const value = object.members[name];
  if (!Array.isArray(value)) throw malformed(object.what, `${name} is not a list`);
  if (value.length > most) throw malformed(object.what, `${name} has ${value.length} entries, more than ${most}`);
  return value.map((entry: unknown) => read(entry));
}

/** A list of texts. */
export function readTexts(object: AnswerObject, name: string, most = 1000): string[] {
  return readList(object, name, (value) => {
    if (typeof value !== 'string') throw malformed(object.what, `${name} holds something else than texts`);
    return value;
  }, most);
}

/** A member that is one of the words given. */
export function readWord<const W extends string>(object: AnswerObject, name: string, words: readonly W[]): W {
  const value = object.members[name];
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw malformed(object.what, `${name} is none of ${words.join(', ')}`);
  return word;
}

/** A member that is a digest. */
export function readDigest(object: AnswerObject, name: string): Digest {
  const value = readText(object, name);
  if (!isDigest(value)) throw malformed(object.what, `${name} is not a digest`);
  return value;
}

/** A member that has the outer form of a signed statement; nothing is verified yet. */
export function readStatement(value: unknown, what: string): Statement {
  try {
    return parseStatement(value);
  } catch (cause) {
    throw malformed(what, 'it is not a signed statement', cause);
  }
}

/** The refusal of an answer that is not what the portal promises. */
export function malformed(what: string, why: string, cause?: unknown): ClientError {
  return new ClientError('answer_malformed', `The answer is not ${what}: ${why}.`, { facts: { what, why }, ...(cause === undefined ? {} : { cause }) });
}

function isDigest(text: string): text is Digest {
  try {
    digestBytes(text as Digest);
    return true;
  } catch {
    return false;
  }
}
