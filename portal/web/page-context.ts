import type { LegalFacts } from '../config.ts';
import type { Lang } from './language.ts';
import type { Words } from './words/words.ts';

/** Who is signed in, as the pages need it. */
export interface SignedIn {
  member_id: string;
  name: string;
  email: string;
  operator: boolean;
  /** Producers the member decides for. */
  officer_of: readonly string[];
  /** Whether a passkey is registered, without which nothing is decided. */
  has_passkey: boolean;
  /** A passkey answered within the last five minutes: decisions pass without asking again. */
  confirmed: boolean;
}

/** What every page is told besides its own data. */
export interface PageContext {
  lang: Lang;
  words: Words;
  /** Path and query of this page as requested, with its language: `/fr/datasets?q=eau`. */
  path: string;
  site: { name: string; public_origin: string; mail_from: string; legal: LegalFacts; demo: boolean };
  member: SignedIn | undefined;
  /** Goes into every form while somebody is signed in. */
  csrf_token: string | undefined;
  now: Date;
  /** Public path of a static file by its plain name. */
  asset: (name: string) => string;
}

/** A link inside the pages in the page's own language: `href(page, '/datasets')` is `/fr/datasets`. */
export function href(page: PageContext, path: string): string {
  return `/${page.lang}${path}`;
}
