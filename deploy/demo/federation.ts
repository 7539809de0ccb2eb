import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { type Balancer, startBalancer } from './balancer.ts';
import { freePortFrom } from './free-port.ts';
import { type CommandName, type CommandResult, runCommand, startCommand, stopChild } from './run-command.ts';

/** A producer's node of the federation: its folder, its database, its environment. */
export type NodeName = 'metropole' | 'mobilites';
export const NODE_NAMES: readonly NodeName[] = ['metropole', 'mobilites'];

/** Whose environment a command gets: the web process's, that of whoever owns the portal's tables, a node's, a consumer's. */
export type Actor = 'portal' | 'owner' | NodeName | { consumer_home: string };

/** A bucket of an S3 server. */
export interface Bucket {
  endpoint: string;
  region: string;
  bucket: string;
  access_key: string;
  secret_key: string;
}

/** What may differ from one portal and one broker with a folder for bodies. */
export interface FederationOptions {
  state_dir: string;
  first_port: number;
  name: string;
  say: (line: string) => void;
  /** Told when one of the processes, or PostgreSQL, has ended without being asked to. */
  onLost?: (name: string, log_file: string) => void;
  /** How many portals, behind a balancer that alternates between them, and how many brokers. One of each unless told. */
  portals?: number;
  brokers?: number;
  /** Bodies lie in this bucket rather than in a folder. */
  bucket?: Bucket;
  /** In a folder without a federation: makes databases and folders out of backups, in place of new keys. */
  restore?: (run: Federation['run']) => Promise<void>;
}

/** A whole federation of real processes on this machine: PostgreSQL, portals, brokers, two nodes. */
export interface Federation {
  origin: string;
  port: number;
  /** The address of the last start when it was another one; the nodes that knew it must be told. */
  moved_from: string | undefined;
  state_dir: string;
  /** Runs a command of the federation; throws with the command's own words when it fails, unless `may_fail`. */
  run(who: Actor, command: CommandName, args: readonly string[], options?: { input?: string; may_fail?: boolean; env?: Record<string, string> }): Promise<CommandResult>;
  /** Resolves when the portal listens and answers. Throws PortTaken when another program took the port in the meantime. */
  startPortal(): Promise<void>;
  /** Records that the nodes know the address of this start. */
  settleOrigin(): Promise<void>;
  stopPortal(): Promise<void>;
  /** Ends one of several portals without a word (`kill -9`); it stays away until `startPortal`. */
  killPortal(index: number): Promise<void>;
  startBroker(): void;
  stopBroker(): Promise<void>;
  startNodes(): void;
  stopNodes(): Promise<void>;
  /** How many requests each portal answered, where there are several. */
  answered(): readonly number[];
  databaseUrl(database: string): string;
  /** The environment of a node, for whoever works at it. */
  nodeEnvironment(name: NodeName): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Another program took the port between our looking and the portal's listening: start again. */
export class PortTaken extends Error {
  constructor(port: number) {
    super(`port ${port} was taken by another program just now`);
    this.name = 'PortTaken';
  }
}

const DATABASES: Record<'portal' | NodeName, string> = { portal: 'sceau_portal', metropole: 'sceau_node_metropole', mobilites: 'sceau_node_mobilites' };
/** Left empty for whoever tries a node of their own. */
const VISITOR_DATABASE = 'sceau_node_visitor';

/** Starts what production starts, in `state_dir`; the port is the one of last time or the next free one. */
export async function startFederation(options: FederationOptions): Promise<Federation> {
  const { state_dir } = options;
  const logs = path.join(state_dir, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const marker = path.join(state_dir, 'federation.json');
  const before = await readFile(marker, 'utf8').catch(() => undefined);

  const postgres = await startEmbeddedPostgres({ data_dir: path.join(state_dir, 'postgres'), log_file: path.join(logs, 'postgres.log') });
  const children = new Map<string, ChildProcess>();
  let balancer: Balancer | undefined;
  let stopping = false;
  void postgres.ended.then(() => {
    if (!stopping) options.onLost?.('postgres', path.join(logs, 'postgres.log'));
  });
  const stopAll = async () => {
    stopping = true;
    await Promise.all([...children.values()].map((child) => stopChild(child)));
    await balancer?.close();
    await postgres.stop();
  };
  try {
    await createDatabases(postgres);
    const port = await freePortFrom(options.first_port);
    if (port !== options.first_port) options.say(`port ${options.first_port} is busy: using ${port}`);
    const origin = `http://localhost:${port}`;
    const count = options.portals ?? 1;
    // Alone, the portal has the public address itself; several stand behind it.
    const ports = count === 1 ? [port] : [];
    while (ports.length < count) ports.push(await freePortFrom((ports.at(-1) ?? port) + 1));
    const environments = environmentsOf({ options, origin, port, proxies: count === 1 ? 0 : 1, postgres });

    const run: Federation['run'] = async (who, command, args, extra = {}) => {
      const env = typeof who === 'string' ? environments[who] : { SCEAU_HOME: who.consumer_home, SCEAU_PORTAL: origin };
      const result = await runCommand(command, args, { env: { ...env, ...extra.env }, ...(extra.input === undefined ? {} : { input: extra.input }) });
      if (result.status !== 0 && extra.may_fail !== true) {
        throw new Error(`${command} ${args.join(' ')} ended with ${result.status}\n${result.stderr.trim()}\n${result.stdout.trim()}`);
      }
      return result;
    };

    if (before === undefined) await options.restore?.(run);
    await run('owner', 'sceau-portal', ['migrate', '--web-role', 'sceau_web', '--broker-role', 'sceau_broker']);
    if (before === undefined && options.restore === undefined) await run('owner', 'sceau-portal', ['create-keys', '--log-origin', 'demo.sceau.localhost/log']);
    if (count > 1) balancer = await startBalancer(port, ports);
    await writeFile(path.join(state_dir, 'my-node.env'), visitorSettings(state_dir, origin, postgres), { mode: 0o600 });
    const settleOrigin = () => writeFile(marker, JSON.stringify({ v: 1, origin }));
    if (before === undefined) await settleOrigin();
    const last_origin = before === undefined ? origin : originIn(before);

    const start = (name: string, command: CommandName, args: string[], env: Record<string, string>) => {
      const log_file = path.join(logs, `${name}.log`);
      const child = startCommand(command, args, { env, log_file });
      children.set(name, child);
      child.once('exit', () => {
        if (!stopping && children.get(name) === child) options.onLost?.(name, log_file);
      });
    };
    const stopNamed = async (prefix: string) => {
      const named = [...children].filter(([name]) => name.startsWith(prefix));
      for (const [name] of named) children.delete(name);
      await Promise.all(named.map(([, child]) => stopChild(child)));
    };
    const startOne = async (index: number, at: number) => {
      const name = `portal${index === 0 ? '' : `-${index + 1}`}`;
      const running = children.get(name);
      if (running !== undefined && running.exitCode === null && running.signalCode === null) return;
      start(name, 'sceau-portal', ['serve'], { ...environments.portal, SCEAU_PORT: String(at) });
      const child = children.get(name);
      if (child !== undefined) await untilHealthy(`127.0.0.1:${at}`, at, child, path.join(logs, `${name}.log`));
    };
    return {
      origin,
      port,
      moved_from: last_origin === origin ? undefined : last_origin,
      state_dir,
      settleOrigin,
      run,
      async startPortal() {
        for (const [index, at] of ports.entries()) await startOne(index, at);
      },
      stopPortal: () => stopNamed('portal'),
      async killPortal(index) {
        const child = children.get(`portal${index === 0 ? '' : `-${index + 1}`}`);
        if (child === undefined) return;
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill('SIGKILL');
        await ended;
      },
      startBroker() {
        for (let index = 0; index < (options.brokers ?? 1); index += 1) start(`broker${index === 0 ? '' : `-${index + 1}`}`, 'sceau-portal', ['broker'], environments.broker);
      },
      stopBroker: () => stopNamed('broker'),
      startNodes: () => NODE_NAMES.forEach((name) => start(`node-${name}`, 'sceau-node', ['run'], environments[name])),
      stopNodes: () => stopNamed('node-'),
      answered: () => balancer?.answered() ?? [],
      databaseUrl: (database) => postgres.connectionString(database),
      nodeEnvironment: (name) => environments[name],
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function environmentsOf(o: { options: FederationOptions; origin: string; port: number; proxies: number; postgres: EmbeddedPostgres }) {
  const { state_dir, name: portal_name, bucket } = o.options;
  const portal = {
    SCEAU_PUBLIC_ORIGIN: o.origin,
    SCEAU_NAME: portal_name,
    SCEAU_HOST: '127.0.0.1',
    SCEAU_PORT: String(o.port),
    SCEAU_TRUSTED_PROXIES: String(o.proxies),
    SCEAU_STORE: bucket === undefined ? path.join(state_dir, 'store') : `s3://${bucket.bucket}`,
    ...(bucket === undefined ? {} : { SCEAU_S3_ENDPOINT: bucket.endpoint, SCEAU_S3_REGION: bucket.region, SCEAU_S3_ACCESS_KEY: bucket.access_key, SCEAU_S3_SECRET_KEY: bucket.secret_key }),
    SCEAU_KEYS_DIR: path.join(state_dir, 'portal-keys'),
    SCEAU_MAIL_FROM: 'portail@demonstration.example',
    SCEAU_DEMO: '1',
    DATABASE_URL: o.postgres.connectionString(DATABASES.portal, 'sceau_web'),
  };
  const { SCEAU_KEYS_DIR: _webKeys, SCEAU_STORE: _store, ...shared } = portal;
  const node = (name: NodeName) => ({
    SCEAU_NODE_HOME: path.join(state_dir, `node-${name}`),
    // Two nodes on one machine: each answers /health on a port of its own.
    SCEAU_NODE_PORT: '0',
    SCEAU_PORTAL: o.origin,
    DATABASE_URL: o.postgres.connectionString(DATABASES[name], DATABASES[name]),
  });
  const owner = { ...portal, SCEAU_BROKER_KEYS_DIR: path.join(state_dir, 'broker-keys'), DATABASE_URL: o.postgres.connectionString(DATABASES.portal) };
  return {
    portal,
    owner,
    broker: { ...shared, SCEAU_BROKER_KEYS_DIR: path.join(state_dir, 'broker-keys'), DATABASE_URL: o.postgres.connectionString(DATABASES.portal, 'sceau_broker') },
    metropole: node('metropole'),
    mobilites: node('mobilites'),
  } satisfies Record<string, Record<string, string>>;
}

/** What a shell is told (`. .sceau/my-node.env`) so that `sceau-node` is a node of the visitor's own beside those of the demonstration. */
function visitorSettings(state_dir: string, origin: string, postgres: EmbeddedPostgres): string {
  const settings = { SCEAU_NODE_HOME: path.join(state_dir, 'my-node'), DATABASE_URL: postgres.connectionString(VISITOR_DATABASE, VISITOR_DATABASE), SCEAU_PORTAL: origin };
  return Object.entries(settings).map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`).join('');
}

/** Roles and databases: one owner for the portal's schema, one role for its web, one for its broker, one for each node. */
async function createDatabases(postgres: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.connectionString('postgres') });
  await client.connect();
  try {
    const existing = new Set((await client.query<{ datname: string }>('SELECT datname FROM pg_database')).rows.map((row) => row.datname));
    const roles = new Set((await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles')).rows.map((row) => row.rolname));
    const nodes = [DATABASES.metropole, DATABASES.mobilites, VISITOR_DATABASE];
    for (const role of ['sceau_web', 'sceau_broker', ...nodes]) {
      if (!roles.has(role)) await client.query(`CREATE ROLE ${client.escapeIdentifier(role)} LOGIN`);
    }
    if (!existing.has(DATABASES.portal)) await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASES.portal)}`);
    for (const database of nodes) {
      if (!existing.has(database)) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${client.escapeIdentifier(database)}`);
    }
  } finally {
    await client.end();
  }
}

/** The address in the record of the last start; a record without one is of a start at the usual place. */
function originIn(record: string): string {
  const value: unknown = JSON.parse(record);
  return typeof value === 'object' && value !== null && 'origin' in value && typeof value.origin === 'string' ? value.origin : 'http://localhost:8080';
}

async function untilHealthy(place: string, port: number, child: ChildProcess, log_file: string): Promise<void> {
  let said = '';
  // What answers at our address may be another start's portal; ours says, in brackets, where it listens.
  child.stderr?.on('data', (data: Buffer) => (said += said.length > 10_000 ? '' : data.toString('utf8')));
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null || child.signalCode !== null) {
      if ((await freePortFrom(port)) !== port) throw new PortTaken(port);
      throw new Error(`the portal stopped while starting; its log is ${log_file}\n${(await readFile(log_file, 'utf8').catch(() => '')).slice(-2000)}`);
    }
    if (said.includes(`${place})`) && (await fetch(`http://${place}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the portal did not answer within 30 seconds; its log is ${log_file}`);
}
