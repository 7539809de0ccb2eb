import type { JSX } from 'preact';
import type { PageContext } from '../page-context.ts';
import { sayAgo, sayDate, sayDateTime } from '../say-amounts.ts';

/** A date in words with its exact time for machines. */
export function DateText({ page, time, with_time = false }: { page: PageContext; time: string | Date; with_time?: boolean }): JSX.Element {
  return <time dateTime={new Date(time).toISOString()}>{with_time ? sayDateTime(page.lang, time) : sayDate(page.lang, time)}</time>;
}

/** How long ago, with the full date on hover and for machines. */
export function AgoText({ page, time }: { page: PageContext; time: string | Date }): JSX.Element {
  return <time dateTime={new Date(time).toISOString()} title={sayDateTime(page.lang, time)}>{sayAgo(page.lang, time, page.now)}</time>;
}
