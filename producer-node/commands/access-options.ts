import { parseConsumerId, parseRequestId } from '#catalog-schema';
import { refusal } from '../errors.ts';

const DAY_MS = 86_400_000;
const LONGEST_DAYS = 5 * 366;
/** How long an access lasts unless somebody says so. */
export const USUAL_DAYS = 180;
const NOTE_MAX = 2000;

/** The identifier of a request as an argument. Throws `bad_option`. */
export function readRequestId(text: string): string {
  try {
    return parseRequestId(text.trim().toLowerCase());
  } catch (cause) {
    throw refusal('bad_option', { option: 'REQUEST', value: text, expected: 'UUID' }, { cause });
  }
}

/** The identifier of a consumer as an argument. Throws `bad_option`. */
export function readConsumerId(text: string): string {
  try {
    return parseConsumerId(text.trim());
  } catch (cause) {
    throw refusal('bad_option', { option: 'CONSUMER', value: text, expected: '43 × A-Z a-z 0-9 - _' }, { cause });
  }
}

/** When an access ends: the end of a day (UTC) or a number of days from now, five years at most. Throws `bad_option`. */
export function readUntil(text: string, now: Date): Date {
  const wrong = (): Error => refusal('bad_option', { option: '--until', value: text, expected: '2027-06-30, 90' });
  const time = /^[0-9]{1,4}$/.test(text) ? now.getTime() + Number(text) * DAY_MS : dayOf(text, 'T23:59:59Z');
  if (time === undefined || time <= now.getTime() || time > now.getTime() + LONGEST_DAYS * DAY_MS) throw wrong();
  return new Date(time);
}

/** When an access begins: the start of a day (UTC), today or later, before `ends_at`. Throws `bad_option`. */
export function readFrom(text: string, o: { now: Date; ends_at: Date }): Date {
  const time = dayOf(text, 'T00:00:00Z');
  if (time === undefined || time >= o.ends_at.getTime()) throw refusal('bad_option', { option: '--from', value: text, expected: '2027-01-01' });
  return new Date(Math.max(time, o.now.getTime()));
}

/** Words to the person who asks: what is left of them, or null. Throws `bad_option` beyond 2000 characters, or when `needed` and empty. */
export function readNoteOption(option: string, text: string | undefined, o: { needed: boolean }): string | null {
  const note = (text ?? '').trim();
  if (note.length > NOTE_MAX || (o.needed && note === '')) throw refusal('bad_option', { option, value: note.slice(0, 40), expected: `1-${NOTE_MAX}` });
  return note === '' ? null : note;
}

/** Days of a rule. Throws `bad_option`. */
export function readDays(text: string): number {
  const days = Number(text);
  if (!/^[0-9]{1,4}$/.test(text) || days < 1 || days > LONGEST_DAYS) throw refusal('bad_option', { option: '--days', value: text, expected: `1-${LONGEST_DAYS}` });
  return days;
}

/** A mail domain, in lower case. Throws `bad_option`. */
export function readMailDomain(text: string): string {
  const domain = text.trim().toLowerCase().replace(/^@/, '');
  if (domain.length > 253 || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)) throw refusal('bad_option', { option: '--domain', value: text, expected: 'universite.example' });
  return domain;
}

function dayOf(text: string, hour: string): number | undefined {
  const time = Date.parse(`${text}${hour}`);
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? time : undefined;
}
