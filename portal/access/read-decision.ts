import { PortalError } from '../errors.ts';
import { fieldError, isPlainText } from '../fields.ts';
import type { Portal } from '../portal.ts';

/** Longest access, in milliseconds: five years and their leap days. */
export const ACCESS_MAX_MS = 5 * 367 * 24 * 3600 * 1000;
const YEAR_MS = 365 * 24 * 3600 * 1000;
const NOTE_MAX = 2000;

/** Words to the asker, tidied; null when there are none. Refuses with `bad_request` (`note_too_long`) and `schema`. */
export function readNote(given: string | undefined): string | null {
  const note = (given ?? '').trim();
  if (note.length > NOTE_MAX) throw new PortalError('bad_request', `Shorten the answer to ${NOTE_MAX} characters.`, { reason: 'note_too_long', issues: [{ pointer: '/note', message: 'Shorten it.' }] });
  if (!isPlainText(note, { lines: true })) throw fieldError('/note', 'Leave out control characters.');
  return note === '' ? null : note;
}

/** The words of a refusal, which cannot be empty: `bad_request` (`note_missing`). */
export function requireReason(note: string | null): string {
  if (note === null) throw new PortalError('bad_request', 'Say why you refuse: the person receives these words.', { reason: 'note_missing', issues: [{ pointer: '/note', message: 'Say why.' }] });
  return note;
}

/** When an access ends, RFC 3339: a year ahead unless said, at most five years. Refuses with `bad_request` (`ends_at`). */
export function readEnd(portal: Pick<Portal, 'clock'>, given: string | undefined): string {
  const now = portal.clock.now().getTime();
  const time = given === undefined ? now + YEAR_MS : Date.parse(given);
  if (!(time > now) || time > now + ACCESS_MAX_MS) {
    throw new PortalError('bad_request', 'Give an end in the future, within five years.', { reason: 'ends_at', issues: [{ pointer: '/ends_at', message: 'Give an end in the future, within five years.' }] });
  }
  return new Date(time).toISOString();
}
