import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import { randomBytes, type SigningKey } from '#crypto';
import { runBroker } from '../../portal/broker/run-broker.ts';
import { createApp } from '../../portal/app.ts';
import { LIMITS, NO_LEGAL_FACTS, type PortalConfig } from '../../portal/config.ts';
import { openDatabase } from '../../portal/db/database.ts';
import { migrate } from '../../portal/db/migrate.ts';
import type { PortalRouter } from '../../portal/http/request-context.ts';
import { applyRights } from '../../portal/db/rights.ts';
import { createPortalKeys } from '../../portal/keys/create-portal-keys.ts';
import { loadBrokerKeys } from '../../portal/keys/load-broker-keys.ts';
import { loadPortalKeys } from '../../portal/keys/load-portal-keys.ts';
import { latestCheckpoint } from '../../portal/log/log-store.ts';
import { runSequencer } from '../../portal/log/run-sequencer.ts';
import type { Portal } from '../../portal/portal.ts';
import { createStore } from '../../portal/storage/create-store.ts';
import { createTestDatabase, templateDatabase } from './postgres.ts';
import { type Cast, createCast } from './portal-cast.ts';
import { type Answer, call, type Call } from './portal-call.ts';

/** What a test may choose about its portal. */
export interface TestPortalOptions {
  /** The system's clock unless given (`createClock`). */
  clock?: { now(): Date };
  /** Whether the demonstration's conveniences are on; off unless told. */
  demo?: boolean;
  /** The host of its public origin; `127.0.0.1` unless given. Browsers know passkeys for names only: `localhost`. */
  host?: string;
  /** Anything else of the configuration. */
  config?: Partial<PortalConfig>;
  /** Whether the log is extended in the background; on unless told. */
  sequencer?: boolean;
  /** Whether a broker releases key packages in the background, with a pool and the keys of its own; off unless told, tests of the broker step it. */
  broker?: boolean;
  /** Further routes, mounted behind those of the portal. */
  routes?: (portal: Portal) => PortalRouter;
  /** Replaces collaborators, such as `store` or `random`. */
  replace?: Partial<Pick<Portal, 'store' | 'random' | 'newUuid' | 'logger'>>;
}

/** A mail in the outbox. */
export interface QueuedMail {
  to_email: string;
  subject: string;
  text_body: string;
}

/** A real portal on a real PostgreSQL, listening on loopback, with the people and parties that tests need (`Cast`). */
export interface TestPortal extends Cast {
  /** Its `db` is a pool under the role of the web process, with its rights and no more. */
  portal: Portal;
  /** A pool under the owner of the tables, for tests that tamper. */
  owner_db: Portal['db'];
  /** `http://127.0.0.1:<port>`, also the configured public origin. */
  origin: string;
  /** URL of the database as its owner; see `asRole` for the role of another process. */
  database_url: string;
  /** The temporary folder that holds `keys`, `broker-keys` and `store`; removed by `close`. */
  folder: string;
  /** One HTTP call; signed with `as`, in a session with `session`. Never follows redirects. */
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Mails in the outbox, oldest first, of one address when given. */
  mails(to_email?: string): Promise<QueuedMail[]>;
  /** Resolves when every act has its index in the log; fails after 10 s. */
  logged(): Promise<void>;
  /** Ends server, sequencer, pool, database and folder. Once only. */
  close(): Promise<void>;
}

/** What AVA gives for cleaning up: the `t` of a test, or `test` itself for a whole file. */
type CleanUp = { teardown(fn: () => Promise<void>): void } | { after: { always(fn: () => Promise<void>): void } };

/** As `startTestPortal`, ended by AVA: `const portal = await testPortal(t)`, or `testPortal(test)` for a whole file. */
export async function testPortal(clean_up: CleanUp, options: TestPortalOptions = {}): Promise<TestPortal> {
  const started = await startTestPortal(options);
  if ('teardown' in clean_up) clean_up.teardown(started.close);
  else clean_up.after.always(started.close);
  return started;
}

/**
 * Starts a portal of its own for a test or a test file: database migrated, keys made, store in a folder, HTTP server on a free port of
 * 127.0.0.1, sequencer running. The caller must `close` it, or use `testPortal`.
 */
export async function startTestPortal(options: TestPortalOptions = {}): Promise<TestPortal> {
  const template = await templateDatabase('portal', prepareDatabase);
  const test_database = await createTestDatabase({ template });
  const folder = await mkdtemp(join(tmpdir(), 'sceau-test-portal-'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  const config: PortalConfig = {
    public_origin: `http://${options.host ?? '127.0.0.1'}:${port}`,
    name: 'Portail d’essai',
    listen: { host: '127.0.0.1', port },
    trusted_proxies: 0,
    database_url: test_database.url,
    keys_dir: join(folder, 'keys'),
    broker_keys_dir: join(folder, 'broker-keys'),
    store: { kind: 'directory', path: join(folder, 'store') },
    smtp_url: undefined,
    mail_from: 'portail@example.org',
    legal: NO_LEGAL_FACTS,
    demo: options.demo ?? false,
    log_level: 'silent',
    limits: LIMITS,
    ...options.config,
  };
  // As in production: nobody but `migrate` owns the tables, so a right that is missing is found by every test.
  const database = openDatabase(asRole(test_database.url, WEB_ROLE), { max: 8 });
  const owner = openDatabase(test_database.url, { max: 2 });
  const parts = {
    config,
    db: database.db,
    store: createStore(config.store),
    logger: pino({ level: process.env['SCEAU_TEST_LOG'] ?? 'silent' }),
    clock: options.clock ?? { now: () => new Date() },
    random: randomBytes,
    newUuid: () => randomUUID(),
    ...options.replace,
  };
  await createPortalKeys(parts);
  const portal: Portal = { ...parts, keys: await loadPortalKeys(config.keys_dir) };
  const app = createApp(portal);
  if (options.routes !== undefined) app.use(options.routes(portal).routes());
  server.on('request', app.callback());

  const stop = new AbortController();
  const running = options.sequencer === false ? Promise.resolve() : runSequencer(portal, stop.signal, { pause_ms: 20 });
  const broker_pool = openDatabase(asRole(test_database.url, BROKER_ROLE), { max: 3 });
  const broker_keys = await loadBrokerKeys(join(folder, 'broker-keys'));
  const { clock, random, logger } = portal;
  const brokering = options.broker !== true ? Promise.resolve() : runBroker({ db: broker_pool.db, keys: broker_keys, clock, random, logger }, stop.signal, { pause_ms: 50 });
  const origin = config.public_origin;
  const doCall = (method: string, path: string, o: Call = {}) => call(origin, portal.clock.now(), method, path, o);
  return {
    portal,
    owner_db: owner.db,
    origin,
    database_url: test_database.url,
    folder,
    call: doCall,
    ...createCast(portal, doCall),
    mails: async (to_email) => {
      const rows = await portal.db.selectFrom('mail').select(['to_email', 'subject', 'text_body']).orderBy('created_at').orderBy('mail_id').execute();
      return rows.filter((row) => to_email === undefined || row.to_email === to_email);
    },
    logged: () => waitForLog(portal),
    close: async () => {
      stop.abort();
      await Promise.all([running, brokering]);
      await broker_pool.close();
      await owner.close();
      await closeServer(server);
      await database.close();
      await test_database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const WEB_ROLE = 'sceau_test_web';
const BROKER_ROLE = 'sceau_test_broker';

/** The same database under the rights of another role; the owner must be a member of it, or a superuser. */
export function asRole(url: string, role: 'sceau_test_web' | 'sceau_test_broker'): string {
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(`-c role=${role}`)}`;
}

async function prepareDatabase(url: string): Promise<void> {
  const database = openDatabase(url, { max: 1 });
  try {
    await migrate(database.db);
    // Roles belong to the server, not to the database: an earlier run may have left them.
    for (const role of [WEB_ROLE, BROKER_ROLE]) await sql.raw(`DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`).execute(database.db);
    await applyRights(database.db, { web_role: WEB_ROLE, broker_role: BROKER_ROLE });
  } finally {
    await database.close();
  }
}

async function waitForLog(portal: Portal): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const waiting = await portal.db.selectFrom('log_act').select('act_id').where('leaf_index', 'is', null).limit(1).executeTakeFirst();
    if (waiting === undefined && (await latestCheckpoint(portal.db)) !== undefined) return;
    await sleep(15);
  }
  throw new Error('the log did not integrate every act within 10 s');
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export type { Answer, Call } from './portal-call.ts';
export type { TestConsumer, TestProducer, TestSession } from './portal-cast.ts';
export type { SigningKey };
