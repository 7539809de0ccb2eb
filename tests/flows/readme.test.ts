import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { type Federation, startFederation } from '../../deploy/demo/federation.ts';
import { entryOf } from '../../deploy/demo/run-command.ts';
import { DEMO_PEOPLE, readJson, seedFederation } from '../../deploy/demo/seed.ts';
import { createVisitor, linkInMails, signIn } from '../../deploy/demo/web-visitor.ts';
import { removeEmbeddedPostgresData } from '../../deploy/postgres/data-place.ts';

const execute = promisify(execFile);
const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const WRITTEN_ORIGIN = 'http://localhost:8080';
const DATASETS = new Set(['communes-rennes-metropole.csv', 'demandes-logement-social.csv']);

/** The code blocks of the README that a comment marks as executed, by name. */
async function executedBlocks(): Promise<Map<string, string>> {
  const readme = await readFile(path.join(checkout, 'README.md'), 'utf8');
  return new Map([...readme.matchAll(/<!-- executed: (\w+) -->\n```\w+\n([\s\S]*?)```/g)].map(([, name = '', code = '']) => [name, code]));
}

async function runBlock(code: string, federation: Federation, folder: string): Promise<string> {
  const script = code.replaceAll(WRITTEN_ORIGIN, federation.origin).replaceAll('npx sceau ', `"${process.execPath}" "${entryOf('sceau')}" `);
  const { stdout } = await execute('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: { ...process.env, SCEAU_HOME: path.join(folder, 'home'), SCEAU_PORTAL: federation.origin } });
  return stdout;
}

test('the commands of the README do what the README says', async (t) => {
  t.timeout(240_000);
  const blocks = await executedBlocks();
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-readme-'));
  const federation = await startFederation({ state_dir: path.join(folder, 'state'), first_port: 8680, name: 'README', say: () => undefined });
  t.teardown(async () => {
    await federation.stop();
    await removeEmbeddedPostgresData(path.join(folder, 'state', 'postgres'));
    await rm(folder, { recursive: true, force: true });
  });
  await federation.startPortal();
  federation.startBroker();
  await seedFederation(federation, { large_bytes: 0, datasets: (one) => DATASETS.has(one.file), say: () => undefined });
  const sources = path.join(federation.state_dir, 'files', 'metropole');

  const said = await runBlock(blocks.get('consumer') ?? '', federation, folder);
  t.regex(said, /Communes de Rennes Métropole/);
  t.deepEqual(await readFile(path.join(folder, 'communes.csv')), await readFile(path.join(sources, 'communes-rennes-metropole.csv')));

  const visitor = createVisitor(federation.origin);
  await visitor.submit(await visitor.get(await linkInMails(visitor, '/access-requests/confirm/')), 'confirm', {});
  const consumer = { consumer_home: path.join(folder, 'home') };
  const requests = readJson(await federation.run(consumer, 'sceau', ['requests', '--json']));
  const [request] = Array.isArray(requests['access_requests']) ? requests['access_requests'] : [];
  const officer = await signIn(federation.origin, DEMO_PEOPLE.metropole.email);
  const page = await officer.get(`/fr/officer/requests/${request.request_id}`);
  const decided = await officer.submit(page, `requests/${request.request_id}`, { fingerprint_confirmed: 'yes', ends_on: new Date(Date.now() + 86_400_000 * 9).toISOString().slice(0, 10), note: '' }, 'decision=approve');
  t.is(decided.status, 200);
  await untilReleased(federation, consumer);

  const age = await execute('age', ['--version']).then(() => true, () => false);
  const granted = blocks.get('granted') ?? '';
  if (!age) t.log('NOT CHECKED: the line with age, which is not on this machine');
  await runBlock(age ? granted : granted.replace(/^cat .*$/m, ''), federation, folder);
  const original = await readFile(path.join(sources, 'demandes-logement-social.csv'));
  t.deepEqual(await readFile(path.join(folder, 'logement.csv')), original);
  if (age) t.deepEqual(await readFile(path.join(folder, 'by-age.csv')), original);

  const library = (blocks.get('library') ?? '').replaceAll(WRITTEN_ORIGIN, federation.origin).replace("'#client'", JSON.stringify(new URL('../../portal/client/index.js', import.meta.url).href));
  await mkdir(path.join(folder, 'library'));
  await writeFile(path.join(folder, 'library', 'example.mjs'), library);
  const { stdout } = await execute(process.execPath, [path.join(folder, 'library', 'example.mjs')], { env: { ...process.env, SCEAU_HOME: path.join(folder, 'library-home') } });
  t.regex(stdout, /Communes de Rennes Métropole open/);
});

test('every file and folder that the README links to exists', async (t) => {
  const readme = await readFile(path.join(checkout, 'README.md'), 'utf8');
  for (const [, target = ''] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    t.truthy(await stat(path.join(checkout, target)).catch(() => undefined), `README.md links to ${target}`);
  }
});

async function untilReleased(federation: Federation, consumer: { consumer_home: string }): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const grants = readJson(await federation.run(consumer, 'sceau', ['grants', '--json']));
    if (JSON.stringify(grants).includes('"epochs":[1]')) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('no key package within 15 seconds');
}
