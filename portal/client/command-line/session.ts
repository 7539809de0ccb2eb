import { portalOrigin, type Language } from '../client.ts';
import type { ClientConfig } from '../config.ts';
import { type ConsumerClient, createClient } from '../create-client.ts';
import { ClientError } from '../errors.ts';
import { readSecretJwk } from '../home/delivery-file.ts';
import { type Home, openHome } from '../home/home-folder.ts';
import { pinsInHome } from '../home/pin-store.ts';
import { type Say, wordsOf } from '../words/words.ts';
import { jsonLine, printable } from './printable.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  portal?: string;
  lang?: Language;
  json?: boolean;
  quiet?: boolean;
  insecure?: boolean;
}

/** One run of the command line: its words, where it writes, and the client it makes when a command needs one. */
export interface Session {
  readonly config: ClientConfig;
  readonly say: Say;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly language: Language;
  /** Plain http to other machines is accepted. */
  readonly insecure: boolean;
  /** Given when the person interrupts. */
  readonly signal: AbortSignal;
  /** One line of the result, on standard output; what others wrote cannot steer the terminal or begin another line. */
  line(text?: string): void;
  /** The result as JSON, on standard output, without characters that steer terminals. */
  result(value: unknown): void;
  /** Advice, one line on standard error, as harmless as `line`; nothing when quiet. */
  note(text: string): void;
  home(): Promise<Home>;
  /** The client of this run; `jwk`: a file with the private JWK that opens key packages instead of the home's own key. */
  client(o?: { jwk?: string | undefined }): Promise<ConsumerClient>;
}

/** The session of a run with these options. */
export function createSession(config: ClientConfig, options: GlobalOptions, signal: AbortSignal): Session {
  const language = options.lang ?? config.language;
  const quiet = options.quiet ?? false;
  let made: Promise<ConsumerClient> | undefined;
  const home = (): Promise<Home> => openHome(config.home);
  return {
    config,
    language,
    insecure: options.insecure ?? false,
    signal,
    quiet,
    say: wordsOf(language),
    json: options.json ?? false,
    line: (text = '') => void process.stdout.write(`${printable(text)}\n`),
    result: (value) => void process.stdout.write(`${jsonLine(value)}\n`),
    note: (text) => {
      if (!quiet) process.stderr.write(`${printable(text)}\n`);
    },
    home,
    client: (o = {}) => (made ??= clientFor(config, options, language, home, o.jwk)),
  };
}

async function clientFor(config: ClientConfig, options: GlobalOptions, language: Language, home: () => Promise<Home>, jwk?: string): Promise<ConsumerClient> {
  const chosen = options.portal ?? config.portal_url ?? (await onlyPortal(await home()));
  if (chosen === undefined) throw new ClientError('portal_not_chosen', 'No portal was named: give --portal or SCEAU_PORTAL.');
  const insecure = options.insecure ?? false;
  const delivery_secret = jwk === undefined ? undefined : await readSecretJwk(jwk);
  return createClient({ portal_url: portalOrigin(chosen, insecure), home: config.home, language, insecure, ...(delivery_secret === undefined ? {} : { delivery_secret }) });
}

/** The portal that is meant when none is named: the only one ever met. */
async function onlyPortal(home: Home): Promise<string | undefined> {
  const { portals } = await pinsInHome(home).load();
  return portals.length === 1 ? portals[0]?.portal_urls[0] : undefined;
}

/** A day as people write it in the session's language; times stay in UTC, so that two people read the same. */
export function dayIn(language: Language, instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(time);
}

/** A time to the minute, in UTC. */
export function timeIn(language: Language, instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return `${new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(time)} UTC`;
}

/** A size as people read it: octets in French, bytes in English, by thousands. */
export function sizeIn(language: Language, bytes: number): string {
  const units = language === 'fr' ? ['o', 'ko', 'Mo', 'Go', 'To'] : ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  const shown = new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB', { maximumFractionDigits: unit === 0 || value >= 100 ? 0 : 1 }).format(value);
  return `${shown} ${units[unit] ?? ''}`;
}
