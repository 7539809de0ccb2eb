const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))$/;
const ISO_DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?:Z|[+-](\d\d)(?::?(\d\d))?)?)?$/;
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}$/;

/** Whether the text is an RFC 3339 date-time that names a day of the calendar; no leap second, because no clock here counts one. */
export function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  return match !== null && isCalendarTime(match);
}

/** Whether the text is an ISO 8601 date, with or without time, with or without offset, that names a day of the calendar. */
export function isIsoDate(text: string): boolean {
  const match = ISO_DATE.exec(text);
  return match !== null && isCalendarTime(match);
}

/** Whether the text is an absolute URL that the WHATWG parser accepts. */
export function isUri(text: string): boolean {
  return URL.canParse(text);
}

/** Whether the text is `local@domain` in ASCII, or with a domain in any script; at most 254 characters; no quotes or comments. */
export function isEmail(text: string): boolean {
  if (text.length > 254) return false;
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  if (at < 1 || !LOCAL_PART.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false;
  const labels = text.slice(at + 1).split('.');
  return labels.length > 1 && labels.every((label) => /^[\p{L}\p{N}-]{1,63}$/u.test(label) && !label.startsWith('-') && !label.endsWith('-'));
}

function isCalendarTime(match: RegExpExecArray): boolean {
  const [, year = '0', month = '0', day = '0', hour = '0', minute = '0', second = '0', offsetHour = '0', offsetMinute = '0'] = match;
  const lastDay = new Date(Date.UTC(2000, Number(month), 0)).getUTCDate();
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = Number(month) === 2 && !leap ? 28 : lastDay;
  return (
    Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days &&
    Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 59 && Number(offsetHour) <= 23 && Number(offsetMinute) <= 59
  );
}
