import { readFileSync } from 'node:fs';
import { CONFIG_WORDS, type ConfigWords } from './config-words.ts';
import { PortalError } from './errors.ts';

/** Where bodies are kept. */
export type StoreConfig =
  | { kind: 'directory'; path: string }
  | { kind: 's3'; endpoint: string; region: string; bucket: string; access_key: string; secret_key: string };

/** Everything the portal's processes are told by their environment; read once by `readConfig`. */
export interface PortalConfig {
  /** Where people and programs reach the portal, without a trailing slash. */
  public_origin: string;
  name: string;
  listen: { host: string; port: number };
  /** How many proxies in front append to X-Forwarded-For; 0: the field is not believed. */
  trusted_proxies: number;
  database_url: string;
  /** Folder with the web process's keys (log, decision); files of mode 0600. */
  keys_dir: string;
  /** Folder with the broker's keys; only the broker's process has it. */
  broker_keys_dir: string | undefined;
  store: StoreConfig;
  /** smtp:// or smtps:// URL; undefined: mails wait in the outbox and are shown only in the demonstration. */
  smtp_url: string | undefined;
  mail_from: string;
  /** Conveniences of the demonstration (a page that shows mails, ready sign-ins); refused unless listening on loopback. */
  /** What the law has the legal pages say of the operator; undefined until it is set. */
  legal: LegalFacts;
  demo: boolean;
  log_level: string;
  limits: {
    body_bytes_per_producer: number;
    /** Any JSON body. */
    json_bytes: number;
    /** JSON bodies of nodes that publish: a manifest of 1.5 MiB in base64url, and 500 headers, deposits, recovery packages and contacts of the largest sort. */
    publication_bytes: number;
    /** Milliseconds that one statement of a search may take. */
    search_ms: number;
  };
}

/** Variable of each thing that the legal pages say of the operator. */
export const LEGAL_VARIABLES = {
  name: 'SCEAU_LEGAL_NAME',
  address: 'SCEAU_LEGAL_ADDRESS',
  director: 'SCEAU_PUBLICATION_DIRECTOR',
  host: 'SCEAU_HOSTED_BY',
  dpo_mail: 'SCEAU_DPO_MAIL',
} as const;

/** Legal name and address of the operator, director of publication, name and address of the hosting company, mail of the data protection officer. */
export type LegalFacts = Readonly<Record<keyof typeof LEGAL_VARIABLES, string | undefined>>;

/** Before anything is set. */
export const NO_LEGAL_FACTS: LegalFacts = { name: undefined, address: undefined, director: undefined, host: undefined, dpo_mail: undefined };

/** The environment as the processes get it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process, which nothing else reads. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Limits that are not settings: changing one is a change of the product. */
export const LIMITS: PortalConfig['limits'] = { body_bytes_per_producer: 1024 ** 4, json_bytes: 2 * 1024 * 1024, publication_bytes: 40 * 1024 * 1024, search_ms: 5000 };

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Which process asks: each needs other variables, and is not to be given more. */
export type Purpose = 'web' | 'broker' | 'keys' | 'backup';

/**
 * The configuration of one of the portal's processes. Secrets have no default and may come from a file (`NAME_FILE`). Refuses with
 * `bad_request`, reason `configuration`; `issues` names every variable that is missing or wrong, and what to write there.
 */
export function readConfig(env: Environment = process.env, o: { purpose?: Purpose; lang?: 'fr' | 'en' } = {}): PortalConfig {
  const purpose = o.purpose ?? 'web';
  const words = CONFIG_WORDS[o.lang ?? 'en'];
  const reader = createReader(env, words);
  const listen = { host: reader.optional('SCEAU_HOST') ?? '127.0.0.1', port: reader.integer('SCEAU_PORT', { min: 0, max: 65535, fallback: 8080 }) };
  const demo = reader.optional('SCEAU_DEMO') === '1';
  const needed = (name: string, by: readonly Purpose[], message: string) => (by.includes(purpose) ? reader.required(name, message) : (reader.optional(name) ?? ''));
  const config: PortalConfig = {
    public_origin: readOrigin(reader, words),
    name: reader.required('SCEAU_NAME', words.name),
    listen,
    trusted_proxies: reader.integer('SCEAU_TRUSTED_PROXIES', { min: 0, max: 10, fallback: 0 }),
    database_url: readDatabase(reader, words),
    keys_dir: needed('SCEAU_KEYS_DIR', ['web', 'keys', 'backup'], words.keys_dir),
    broker_keys_dir: needed('SCEAU_BROKER_KEYS_DIR', ['broker', 'keys', 'backup'], words.broker_keys_dir) || undefined,
    store: readStore(reader, words, needed('SCEAU_STORE', ['web', 'backup'], words.store)),
    smtp_url: readSmtp(reader, words),
    mail_from: demo ? (reader.optional('SCEAU_MAIL_FROM') ?? 'sceau@localhost') : needed('SCEAU_MAIL_FROM', ['web'], words.mail_from),
    legal: readLegal(reader, words),
    demo,
    log_level: reader.optional('SCEAU_LOG_LEVEL') ?? 'info',
    limits: LIMITS,
  };
  if (!LOG_LEVELS.includes(config.log_level)) reader.refuse('SCEAU_LOG_LEVEL', words.one_of(LOG_LEVELS.join(', ')));
  if (demo && (!LOOPBACK.has(listen.host) || !LOOPBACK.has(hostOf(config.public_origin)))) reader.refuse('SCEAU_DEMO', words.demo_loopback);
  reader.finish();
  return config;
}

/** The address of the database alone, for commands that need nothing else. Refuses as `readConfig` does. */
export function readDatabaseUrl(env: Environment = process.env, lang: 'fr' | 'en' = 'en'): string {
  const reader = createReader(env, CONFIG_WORDS[lang]);
  const url = readDatabase(reader, CONFIG_WORDS[lang]);
  reader.finish();
  return url;
}

/** The language of messages: `chosen` first, then LC_ALL, LC_MESSAGES, LANG; French unless the first that is set says English. */
export function readLanguage(chosen: string | undefined, env: Environment = process.env): 'fr' | 'en' {
  const said = [chosen, env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '') ?? '';
  return said.toLowerCase().startsWith('en') ? 'en' : 'fr';
}

function readOrigin(reader: Reader, words: ConfigWords): string {
  const name = 'SCEAU_PUBLIC_ORIGIN';
  const text = reader.required(name, words.public_origin).replace(/\/$/, '');
  if (text === '') return '';
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== text) reader.refuse(name, words.origin_only);
  else if (url.protocol === 'http:' && !LOOPBACK.has(hostOf(text))) reader.refuse(name, words.https_needed);
  return text;
}

function readLegal(reader: Reader, words: ConfigWords): LegalFacts {
  const legal: LegalFacts = {
    name: reader.optional('SCEAU_LEGAL_NAME'),
    address: reader.optional('SCEAU_LEGAL_ADDRESS'),
    director: reader.optional('SCEAU_PUBLICATION_DIRECTOR'),
    host: reader.optional('SCEAU_HOSTED_BY'),
    dpo_mail: reader.optional('SCEAU_DPO_MAIL'),
  };
  if (legal.dpo_mail !== undefined && !/^[^\s@<>]+@[^\s@<>]+$/.test(legal.dpo_mail)) reader.refuse(LEGAL_VARIABLES.dpo_mail, words.dpo_mail);
  return legal;
}

function readDatabase(reader: Reader, words: ConfigWords): string {
  const url = reader.secret('DATABASE_URL');
  if (url === undefined) reader.refuse('DATABASE_URL', words.database_url);
  else if (!/^postgres(ql)?:\/\//.test(url)) reader.refuse('DATABASE_URL', words.database_scheme);
  return url ?? '';
}

function readSmtp(reader: Reader, words: ConfigWords): string | undefined {
  const text = reader.secret('SCEAU_SMTP_URL');
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') reader.refuse('SCEAU_SMTP_URL', words.smtp_scheme);
  return text;
}

function readStore(reader: Reader, words: ConfigWords, place: string): StoreConfig {
  if (!place.startsWith('s3://')) return { kind: 'directory', path: place };
  const access_key = reader.secret('SCEAU_S3_ACCESS_KEY');
  const secret_key = reader.secret('SCEAU_S3_SECRET_KEY');
  if (access_key === undefined) reader.refuse('SCEAU_S3_ACCESS_KEY', words.s3_access_key);
  if (secret_key === undefined) reader.refuse('SCEAU_S3_SECRET_KEY', words.s3_secret_key);
  return {
    kind: 's3',
    endpoint: reader.required('SCEAU_S3_ENDPOINT', words.s3_endpoint),
    region: reader.optional('SCEAU_S3_REGION') ?? 'us-east-1',
    bucket: place.slice('s3://'.length).replace(/\/$/, ''),
    access_key: access_key ?? '',
    secret_key: secret_key ?? '',
  };
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.hostname.replace(/^\[|\]$/g, '') ?? '';
}

/** Reads variables one by one and remembers what is wrong, so that an operator hears everything at once. */
interface Reader {
  optional(name: string): string | undefined;
  /** Empty, and remembered as missing, when it is not set. */
  required(name: string, message: string): string;
  /** NAME, or the content of the file NAME_FILE without its last line end. */
  secret(name: string): string | undefined;
  integer(name: string, o: { min: number; max: number; fallback: number }): number;
  refuse(name: string, message: string): void;
  /** Throws if anything was refused. */
  finish(): void;
}

function createReader(env: Environment, words: ConfigWords): Reader {
  const issues: { pointer: string; message: string }[] = [];
  const refuse = (name: string, message: string) => void issues.push({ pointer: name, message });
  const optional = (name: string) => env[name]?.trim() || undefined;
  return {
    optional,
    refuse,
    required(name, message) {
      const value = optional(name);
      if (value === undefined) refuse(name, message);
      return value ?? '';
    },
    secret(name) {
      const path = optional(`${name}_FILE`);
      if (path === undefined) return optional(name);
      if (optional(name) !== undefined) refuse(name, words.not_both(name));
      try {
        return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      } catch {
        refuse(`${name}_FILE`, words.unreadable(path));
        return undefined;
      }
    },
    integer(name, o) {
      const text = optional(name);
      if (text === undefined) return o.fallback;
      const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= o.min && value <= o.max)) refuse(name, words.whole_number(o.min, o.max));
      return value;
    },
    finish() {
      if (issues.length === 0) return;
      throw new PortalError('bad_request', issues.map((issue) => `${issue.pointer}: ${issue.message}`).join('\n'), { reason: 'configuration', issues });
    },
  };
}
