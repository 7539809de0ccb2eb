import { type ChildProcess, execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import pg from 'pg';
import { generateAgeIdentity } from '#crypto';
import { entryOf, startCommand, stopChild } from '../../deploy/demo/run-command.ts';
import { removeEmbeddedPostgresData } from '../../deploy/postgres/data-place.ts';
import { startEmbeddedPostgres } from '../../deploy/postgres/embedded-postgres.ts';
import { startMailServer } from '../support/mail-server.ts';
import { checkout, readEnvFile } from './env-file.ts';

const execute = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the commands of the runbook install, start, back up, restore and upgrade a portal and a node', async (t) => {
  t.timeout(180_000);
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-runbook-'));
  const postgres = await startEmbeddedPostgres({ data_dir: path.join(folder, 'postgres'), log_file: path.join(folder, 'postgres.log') });
  const mail = await startMailServer();
  const running: ChildProcess[] = [];
  t.teardown(async () => {
    await Promise.all(running.map((child) => stopChild(child)));
    await mail.stop();
    await postgres.stop();
    await removeEmbeddedPostgresData(path.join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  });

  // The examples as an operator would fill them in; the machine's own places become those of this test.
  const port = await freePort();
  const socket = decodeURIComponent(/host=(.*)$/.exec(postgres.connectionString('postgres'))?.[1] ?? '');
  const here = (text: string) =>
    text
      .replaceAll('/var/lib/', `${folder}/var/`)
      .replaceAll('/etc/sceau', `${folder}/etc`)
      .replaceAll('/srv/backups', `${folder}/backups`)
      .replaceAll('https://data.example.org', `http://127.0.0.1:${port}`)
      // Last: the socket may itself lie below /var/lib.
      .replaceAll('/run/postgresql', socket);
  await mkdir(path.join(folder, 'etc'));
  for (const name of ['portal.env', 'broker.env', 'owner.env', 'node.env']) {
    await writeFile(path.join(folder, 'etc', name), `${here(await readFile(path.join(checkout, 'deploy/env', name), 'utf8'))}\nSCEAU_SMTP_URL=${mail.url}\n`);
  }
  const operator = await generateAgeIdentity();
  await writeFile(path.join(folder, 'operator.txt'), `${operator.identity}\n`, { mode: 0o600 });

  const runbook = await readFile(path.join(checkout, 'deploy/RUNBOOK.md'), 'utf8');
  const blocks = new Map([...runbook.matchAll(/<!-- executed: ([\w-]+) -->\n```(\w+)\n([\s\S]*?)```/g)].map(([, name = '', , code = '']) => [name, code]));
  const tried = new Set<string>();
  const block = (name: string): string => {
    tried.add(name);
    return here(blocks.get(name) ?? `echo there is no block ${name}; exit 99`);
  };
  const shell = async (name: string, env: Record<string, string> = {}): Promise<string> => {
    const command = (program: 'sceau-portal' | 'sceau-node') => `${program}() { "${process.execPath}" "${entryOf(program)}" "$@"; }`;
    // Everything belongs to this test's user already.
    const prelude = `${command('sceau-portal')}\n${command('sceau-node')}\nchown() { :; }\n`;
    const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', prelude + block(name)], { cwd: folder, env: { PATH: process.env['PATH'] ?? '', LANG: 'en_GB.UTF-8', RECIPIENT: operator.recipient, ...env } });
    return stdout;
  };
  const sql = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgres.connectionString('postgres') });
    await client.connect();
    try {
      for (const statement of text.split(';')) if (statement.trim() !== '') await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const start = async (): Promise<void> => {
    for (const [name, args] of [['portal', 'serve'], ['broker', 'broker']] as const) {
      const env = Object.fromEntries(Object.entries(await readEnvFile(`${name}.env`)).map(([key, value]) => [key, here(value)]));
      running.push(startCommand('sceau-portal', [args], { env: { ...env, SCEAU_PORT: String(port), SCEAU_SMTP_URL: mail.url }, log_file: path.join(folder, `${name}.log`) }));
    }
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const health: unknown = await fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.json(), () => undefined);
      if (JSON.stringify(health)?.includes('"status":"ok"')) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(await readFile(path.join(folder, 'portal.log'), 'utf8'));
  };
  const stop = async () => Promise.all(running.splice(0).map((child) => stopChild(child)));

  const roles = block('roles');
  await sql(roles);
  t.regex(await shell('install'), /Keys made/);
  t.regex(await shell('operator'), /odile@example\.org is an operator/);
  await start();
  t.regex(await shell('check'), /Everything is well/);
  t.regex(await shell('invite'), /Code for the node of Commune de Bruz/);
  await sql('CREATE ROLE sceau_node LOGIN; CREATE DATABASE sceau_node OWNER sceau_node');
  t.regex(await shell('node'), /Commune de Bruz/);

  await writeFile(path.join(folder, 'checkpoint.txt'), await (await fetch(`http://127.0.0.1:${port}/log/checkpoint`)).text());
  const digest = /sha256:[\w-]{43}/.exec(await shell('backup'))?.[0] ?? '';
  t.regex(await shell('node-backup'), /The backup is whole/);
  const [portal_backup = ''] = (await readdir(path.join(folder, 'backups'))).filter((name) => name.startsWith('portal-'));
  await stop();
  await sql('DROP DATABASE sceau WITH (FORCE)');
  await rm(path.join(folder, 'var/sceau-web'), { recursive: true });
  await rm(path.join(folder, 'var/sceau-broker'), { recursive: true });

  await sql(roles.replaceAll(/CREATE ROLE[^;]*;/g, ''));
  t.regex(await shell('restore', { BACKUP: path.join(folder, 'backups', portal_backup), DIGEST: digest }), /Restored as it was on/);
  await start();
  t.regex(await shell('check'), /Everything is well/);
  t.regex(await shell('upgrade'), /up to date/);
  t.deepEqual([...blocks.keys()].filter((name) => !tried.has(name)), [], 'every block that says so was executed');
});
