/**
 * An ISO 8601 date as RFC 3339 UTC with milliseconds; null when it names no instant. A date without time is read from midnight,
 * one without offset as UTC: JavaScript alone would read it in the time zone of the machine.
 */
export function readDate(date: string): string | null {
  let text = date.replace(',', '.');
  if (text.includes('T')) {
    if (!/(Z|[+-]\d{2}(:?\d{2})?)$/.test(text)) text = `${text}Z`;
    text = text.replace(/([+-]\d{2})$/, '$1:00');
  }
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}

/** Whether both dates name instants and the second is before the first. */
export function isReversed(first: string, second: string): boolean {
  const [from, to] = [readDate(first), readDate(second)];
  return from !== null && to !== null && to < from;
}
