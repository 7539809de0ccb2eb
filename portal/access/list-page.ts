/** Most entries of a page, and as many as one gets without asking for fewer. */
export const LIST_MAX = 500;

/** Where a page of requests or grants ends: what is open or live comes first, then by age, newest first, then by id. */
export interface ListPlace {
  open: boolean;
  created_at: Date;
  id: string;
}

/** Which page of a list: what comes behind `after` (null: from the start), at most `limit` entries. */
export interface ListPage {
  after: ListPlace | null;
  limit: number;
}

/** The first page, as long as it may be. */
export const FIRST_PAGE: ListPage = { after: null, limit: LIST_MAX };

/** Entries of a page and where it ends; null when nothing comes behind it. */
export interface Listed<T> {
  entries: T[];
  next: ListPlace | null;
}

/** A page from rows of which one more than the limit was asked for. */
export function pageOf<R, T>(rows: readonly R[], limit: number, placeOf: (row: R) => ListPlace, entries: (rows: readonly R[]) => T[]): Listed<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { entries: entries(shown), next: rows.length > limit && last !== undefined ? placeOf(last) : null };
}
