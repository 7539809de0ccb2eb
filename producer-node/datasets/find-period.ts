/** The time that data are about: RFC 3339 times in UTC, both ends included. */
export interface Period {
  start_at: string;
  end_at: string;
}

const NAMED_AS_TIME = /(^|[^a-z])(dates?|jours?|mois|annees?|ans?|years?|months?|days?|periodes?|periods?|horodat\w*|timestamps?|time|datetime|heures?|millesimes?)([^a-z]|$)/;
const MIN_YEAR = 1700;
const MAX_YEAR = 2200;

/** The first and last day that a cell names: a day, a month or (where `years` are expected) a year; undefined for anything else. */
export function readDay(cell: string, years: boolean): { first: string; last: string } | undefined {
  const text = cell.trim();
  const iso = /^([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?(?:[T ][0-9:.,]*(?:Z|[+-][0-9:]+)?)?$/.exec(text);
  if (iso !== null) return days(Number(iso[1]), Number(iso[2]), iso[3] === undefined ? undefined : Number(iso[3]));
  const french = /^([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})(?: [0-9:]+)?$/.exec(text);
  if (french !== null) return days(Number(french[3]), Number(french[2]), Number(french[1]));
  if (years && /^[0-9]{4}$/.test(text)) return days(Number(text), undefined, undefined);
  return undefined;
}

function days(year: number, month: number | undefined, day: number | undefined): { first: string; last: string } | undefined {
  if (year < MIN_YEAR || year > MAX_YEAR || (month !== undefined && (month < 1 || month > 12))) return undefined;
  const first = new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1));
  if (day !== undefined && (day < 1 || first.getUTCDate() !== day)) return undefined;
  const last = day !== undefined ? first : new Date(Date.UTC(year, month ?? 12, 0));
  return { first: first.toISOString().slice(0, 10), last: last.toISOString().slice(0, 10) };
}

/**
 * The period that the rows of a whole table span: over columns named like a time (date, mois, année, year...), else over the only
 * column of dates. A column counts when at least 9 in 10 of its filled cells are dates.
 */
export function periodOfRows(columns: readonly string[], rows: readonly (readonly string[])[]): Period | undefined {
  const spans = columns.map((column, index) => {
    const named = isNamedAsTime(column);
    let first: string | undefined;
    let last: string | undefined;
    let filled = 0;
    let read = 0;
    for (const row of rows) {
      const cell = row[index] ?? '';
      if (cell.trim() === '') continue;
      filled += 1;
      const found = readDay(cell, named);
      if (found === undefined) continue;
      read += 1;
      if (first === undefined || found.first < first) first = found.first;
      if (last === undefined || found.last > last) last = found.last;
    }
    return first === undefined || last === undefined || read < filled * 0.9 ? undefined : { named, first, last };
  });
  const found = spans.filter((span) => span !== undefined);
  const named = found.filter((span) => span.named);
  const chosen = named.length > 0 ? named : found.length === 1 ? found : [];
  const [one] = chosen;
  if (one === undefined) return undefined;
  const first = chosen.reduce((least, span) => (span.first < least ? span.first : least), one.first);
  const last = chosen.reduce((most, span) => (span.last > most ? span.last : most), one.last);
  return period(first, last);
}

/** The years that a text such as a file name or a title names: `budget-2024`, `2019-2021`; undefined when there is none. */
export function periodOfText(text: string): Period | undefined {
  const years = [...text.matchAll(/(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])/g)].map((match) => match[1] ?? '').sort();
  const [first] = years;
  const last = years.at(-1);
  return first === undefined || last === undefined ? undefined : period(`${first}-01-01`, `${last}-12-31`);
}

/** A period as people write it: `2024`, `2024-03`, `2024-01-01/2024-12-31`, `2019/2021`; undefined for anything else. */
export function readPeriod(text: string): Period | undefined {
  const [from = '', to = from, ...more] = text.split('/');
  const first = readDay(from, true);
  const last = readDay(to, true);
  if (first === undefined || last === undefined || more.length > 0 || last.last < first.first) return undefined;
  return period(first.first, last.last);
}

function period(first: string, last: string): Period {
  return { start_at: `${first}T00:00:00Z`, end_at: `${last}T23:59:59Z` };
}

function isNamedAsTime(column: string): boolean {
  const plain = column.normalize('NFKD').replace(/\p{M}/gu, '').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  // A date of birth says nothing about the time that the data are about.
  return NAMED_AS_TIME.test(plain) && !/naissance|birth|\bmaj\b|modif|creation|created|updated/.test(plain);
}
