import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../postgres/embedded-postgres.ts';
import { freePortFrom } from './free-port.ts';
import { type CommandName, type CommandResult, runCommand, startCommand, stopChild } from './run-command.ts';

/** A producer's node of the federation: its folder, its database, its environment. */
export type NodeName = 'metropole' | 'mobilites';
export const NODE_NAMES: readonly NodeName[] = ['metropole', 'mobilites'];

/** A whole federation of real processes on this machine: PostgreSQL, portal, broker, two nodes. */
export interface Federation {
  origin: string;
  port: number;
  /** The address of the last start when it was another one; the nodes that knew it must be told. */
  moved_from: string | undefined;
  state_dir: string;
  /** Runs a command of the federation; throws with the command's own words when it fails, unless `may_fail`. */
  run(who: 'portal' | NodeName | { consumer_home: string }, command: CommandName, args: readonly string[], options?: { input?: string; may_fail?: boolean; env?: Record<string, string> }): Promise<CommandResult>;
  /** Resolves when the portal listens and answers. Throws PortTaken when another program took the port in the meantime. */
  startPortal(): Promise<void>;
  /** Records that the nodes know the address of this start. */
  settleOrigin(): Promise<void>;
  stopPortal(): Promise<void>;
  startBroker(): void;
  stopBroker(): Promise<void>;
  startNodes(): void;
  databaseUrl(database: string): string;
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

/** Starts what production starts, in `state_dir`; the port is the one of last time or the next free one. */
export async function startFederation(options: { state_dir: string; first_port: number; name: string; say: (line: string) => void }): Promise<Federation> {
  const { state_dir } = options;
  const logs = path.join(state_dir, 'logs');
  await mkdir(logs, { recursive: true, mode: 0o700 });
  const marker = path.join(state_dir, 'federation.json');
  const before = await readFile(marker, 'utf8').catch(() => undefined);

  const postgres = await startEmbeddedPostgres({ data_dir: path.join(state_dir, 'postgres'), log_file: path.join(logs, 'postgres.log') });
  const children = new Map<string, ChildProcess>();
  try {
    await createDatabases(postgres);
    const port = await freePortFrom(options.first_port);
    if (port !== options.first_port) options.say(`port ${options.first_port} is busy: using ${port}`);
    const origin = `http://localhost:${port}`;
    const environments = environmentsOf({ state_dir, origin, port, name: options.name, postgres });

    const run: Federation['run'] = async (who, command, args, extra = {}) => {
      const env = typeof who === 'string' ? environments[who] : { SCEAU_HOME: who.consumer_home, SCEAU_PORTAL: origin };
      const result = await runCommand(command, args, { env: { ...env, ...extra.env }, ...(extra.input === undefined ? {} : { input: extra.input }) });
      if (result.status !== 0 && extra.may_fail !== true) {
        throw new Error(`${command} ${args.join(' ')} ended with ${result.status}\n${result.stderr.trim()}\n${result.stdout.trim()}`);
      }
      return result;
    };

    await run('portal', 'sceau-portal', ['migrate', '--web-role', 'sceau_web', '--broker-role', 'sceau_broker'], { env: { DATABASE_URL: postgres.connectionString(DATABASES.portal) } });
    if (before === undefined) await run('portal', 'sceau-portal', ['create-keys', '--log-origin', 'demo.sceau.localhost/log'], { env: { DATABASE_URL: postgres.connectionString(DATABASES.portal), SCEAU_BROKER_KEYS_DIR: path.join(state_dir, 'broker-keys') } });
    const settleOrigin = () => writeFile(marker, JSON.stringify({ v: 1, origin }));
    if (before === undefined) await settleOrigin();
    const last_origin = before === undefined ? origin : originIn(before);

    const start = (name: string, command: CommandName, args: string[], env: Record<string, string>) => {
      children.set(name, startCommand(command, args, { env, log_file: path.join(logs, `${name}.log`) }));
    };
    const stopOne = async (name: string) => {
      const child = children.get(name);
      children.delete(name);
      if (child) await stopChild(child);
    };
    return {
      origin,
      port,
      moved_from: last_origin === origin ? undefined : last_origin,
      state_dir,
      settleOrigin,
      run,
      async startPortal() {
        start('portal', 'sceau-portal', ['serve'], environments.portal);
        const child = children.get('portal');
        if (child !== undefined) await untilHealthy(origin, child, path.join(logs, 'portal.log'));
      },
      stopPortal: () => stopOne('portal'),
      startBroker: () => start('broker', 'sceau-portal', ['broker'], environments.broker),
      stopBroker: () => stopOne('broker'),
      startNodes: () => NODE_NAMES.forEach((name) => start(`node-${name}`, 'sceau-node', ['run'], environments[name])),
      databaseUrl: (database) => postgres.connectionString(database),
      async stop() {
        await Promise.all([...children.values()].map((child) => stopChild(child)));
        await postgres.stop();
      },
    };
  } catch (error) {
    await Promise.all([...children.values()].map((child) => stopChild(child)));
    await postgres.stop();
    throw error;
  }
}

function environmentsOf(o: { state_dir: string; origin: string; port: number; name: string; postgres: EmbeddedPostgres }) {
  const portal = {
    SCEAU_PUBLIC_ORIGIN: o.origin,
    SCEAU_NAME: o.name,
    SCEAU_HOST: '127.0.0.1',
    SCEAU_PORT: String(o.port),
    SCEAU_STORE: path.join(o.state_dir, 'store'),
    SCEAU_KEYS_DIR: path.join(o.state_dir, 'portal-keys'),
    SCEAU_MAIL_FROM: 'portail@demonstration.example',
    SCEAU_DEMO: '1',
    DATABASE_URL: o.postgres.connectionString(DATABASES.portal, 'sceau_web'),
  };
  const { SCEAU_KEYS_DIR: _webKeys, SCEAU_STORE: _store, ...shared } = portal;
  const node = (name: NodeName) => ({
    SCEAU_NODE_HOME: path.join(o.state_dir, `node-${name}`),
    // Two nodes on one machine: each answers /health on a port of its own.
    SCEAU_NODE_PORT: '0',
    SCEAU_PORTAL: o.origin,
    DATABASE_URL: o.postgres.connectionString(DATABASES[name], DATABASES[name]),
  });
  return {
    portal,
    broker: { ...shared, SCEAU_BROKER_KEYS_DIR: path.join(o.state_dir, 'broker-keys'), DATABASE_URL: o.postgres.connectionString(DATABASES.portal, 'sceau_broker') },
    metropole: node('metropole'),
    mobilites: node('mobilites'),
  } satisfies Record<string, Record<string, string>>;
}

/** Roles and databases: one owner for the portal's schema, one role for its web, one for its broker, one for each node. */
async function createDatabases(postgres: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.connectionString('postgres') });
  await client.connect();
  try {
    const existing = new Set((await client.query<{ datname: string }>('SELECT datname FROM pg_database')).rows.map((row) => row.datname));
    const roles = new Set((await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles')).rows.map((row) => row.rolname));
    for (const role of ['sceau_web', 'sceau_broker', DATABASES.metropole, DATABASES.mobilites]) {
      if (!roles.has(role)) await client.query(`CREATE ROLE ${client.escapeIdentifier(role)} LOGIN`);
    }
    if (!existing.has(DATABASES.portal)) await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASES.portal)}`);
    for (const name of NODE_NAMES) {
      const database = DATABASES[name];
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

async function untilHealthy(origin: string, child: ChildProcess, log_file: string): Promise<void> {
  let said = '';
  // What answers at our address may be another start's portal; ours says where it listens.
  child.stderr?.on('data', (data: Buffer) => (said += said.length > 10_000 ? '' : data.toString('utf8')));
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const port = Number(new URL(origin).port);
      if ((await freePortFrom(port)) !== port) throw new PortTaken(port);
      throw new Error(`the portal stopped while starting; its log is ${log_file}\n${(await readFile(log_file, 'utf8').catch(() => '')).slice(-2000)}`);
    }
    if (said.includes(origin) && (await fetch(`${origin}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the portal did not answer within 30 seconds; its log is ${log_file}`);
}
