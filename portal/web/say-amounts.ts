import type { Lang } from './language.ts';

const LOCALE: Record<Lang, string> = { fr: 'fr-FR', en: 'en-GB' };
// A public service of one territory tells the time of that territory, not of the server.
const TIME_ZONE = 'Europe/Paris';

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dateFormat(lang: Lang, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `date ${lang} ${name}`;
  const known = cache.get(key);
  if (known instanceof Intl.DateTimeFormat) return known;
  const made = new Intl.DateTimeFormat(LOCALE[lang], { timeZone: TIME_ZONE, ...options });
  cache.set(key, made);
  return made;
}

function numberFormat(lang: Lang, name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `number ${lang} ${name}`;
  const known = cache.get(key);
  if (known instanceof Intl.NumberFormat) return known;
  const made = new Intl.NumberFormat(LOCALE[lang], options);
  cache.set(key, made);
  return made;
}

/** `24 novembre 2026`. `time` is RFC 3339 or a Date. */
export function sayDate(lang: Lang, time: string | Date): string {
  return withOrdinal(lang, dateFormat(lang, 'date', { dateStyle: 'long' }).format(new Date(time)));
}

/** `24 novembre 2026 à 03:07`, in the time of the territory. */
export function sayDateTime(lang: Lang, time: string | Date): string {
  return withOrdinal(lang, dateFormat(lang, 'time', { dateStyle: 'long', timeStyle: 'short' }).format(new Date(time)));
}

/** French says "1er janvier", which Intl leaves out. */
function withOrdinal(lang: Lang, date: string): string {
  return lang === 'fr' ? date.replace(/^1 /, '1er ') : date;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `il y a 3 jours`, `dans 2 mois`; within one minute `maintenant`. */
export function sayAgo(lang: Lang, time: string | Date, now: Date): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(LOCALE[lang], { numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'second');
}

/** `12 345` as the language groups digits. */
export function sayNumber(lang: Lang, value: number): string {
  return numberFormat(lang, 'plain', {}).format(value);
}

const UNITS: readonly string[] = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** A size of `bytes` for people: `1,2 Mo`, `840 ko`, `12 octets`; decimal units, as operating systems' file lists have them. */
export function saySize(lang: Lang, bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return numberFormat(lang, `size ${step} ${digits}`, { style: 'unit', unit: UNITS[step] ?? 'byte', unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: digits }).format(value);
}
