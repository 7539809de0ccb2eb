import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { DEMO_PEOPLE, readJson, seedFederation } from './seed.ts';
import { CUSTODY_STEPS, HELD_FILE } from './tour-custody-steps.ts';
import { api, check, type Journey, storedFiles, type TourStep } from './tour-journey.ts';
import { createVisitor, linkInMails, signIn, unescapeHtml } from './web-visitor.ts';

const execute = promisify(execFile);
const SEALED_FILE = 'demandes-logement-social.csv';
const OPEN_FILE = 'communes-rennes-metropole.csv';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The steps of the tour, in their order. */
export const STEPS: readonly TourStep[] = [
  ['two producers are invited, enrolled and publish', publishDatasets],
  ['anyone finds an open dataset, on the page and in the API', findOpenDataset],
  ['anyone downloads it, and the bytes are those of the producer', downloadOpenDataset],
  ['a stranger verifies who published it, and that it is the newest', verifyOpenDataset],
  ['the portal\'s store holds no plaintext of a sealed file', searchStoreForPlaintext],
  ['without a grant, neither the header nor the key of a sealed file is given', refuseWithoutGrant],
  ['a consumer makes keys and asks for access, confirmed by mail', askForAccess],
  ['the officer compares the fingerprint and approves', approveRequest],
  ['the key package is released, logged first', waitForPackage],
  ['the consumer opens the sealed file: the very bytes of the producer', openSealed],
  ['stock age opens it too, without this software', openWithStockAge],
  ['one flipped bit in the downloaded body is refused', refuseFlippedBit],
  ['a changed file becomes version 2, and the consumer opens it', publishSecondVersion],
  ['the portal restarts and nothing is lost', restartPortal],
  ['the officer revokes: within 5 seconds nothing more is given', revokeGrant],
  ['the next change is sealed for a new epoch', nextEpoch],
  ...CUSTODY_STEPS,
  ['a withdrawn dataset leaves the catalogue', withdrawDataset],
];

const sourceFile = (journey: Journey, file: string) => path.join(journey.federation.state_dir, 'files', 'metropole', file);

async function publishDatasets(journey: Journey): Promise<string> {
  const names = new Set([OPEN_FILE, SEALED_FILE, HELD_FILE, 'lignes-de-bus-demonstration.geojson']);
  await seedFederation(journey.federation, { large_bytes: 0, datasets: (one) => names.has(one.file), say: () => undefined });
  journey.federation.startNodes();
  const catalogue = await api(journey, '/api/v1/datasets');
  check(catalogue['total'] === 4, `the catalogue should list 4 datasets and lists ${String(catalogue['total'])}`);
  return '4 datasets of 2 producers in the catalogue';
}

async function findOpenDataset(journey: Journey): Promise<string> {
  const found = await api(journey, '/api/v1/datasets?q=communes%20metropole&access=open');
  journey.open_id = idOfFirst(found, 'Communes de Rennes Métropole');
  journey.sealed_id = idOfFirst(await api(journey, '/api/v1/datasets?q=logement'), 'Demandes de logement social par commune');
  const page = await createVisitor(journey.federation.origin).get('/fr/datasets?q=communes');
  check(page.status === 200 && page.html.includes(`/fr/datasets/${journey.open_id}`), 'the search page does not link to the dataset');
  return `found as ${journey.open_id}, on the page and in the API`;
}

async function downloadOpenDataset(journey: Journey): Promise<string> {
  const out = path.join(journey.folder, 'open.csv');
  await journey.federation.run(journey.consumer, 'sceau', ['get', journey.open_id ?? '', '-o', out]);
  const [got, source] = await Promise.all([readFile(out), readFile(sourceFile(journey, OPEN_FILE))]);
  check(got.equals(source), 'the downloaded file differs from the published one');
  return `${got.length} bytes, SHA-256 ${sha256(got).slice(0, 16)}…, the same as at the producer's`;
}

async function verifyOpenDataset(journey: Journey): Promise<string> {
  const verdict = readJson(await journey.federation.run(journey.consumer, 'sceau', ['verify', journey.open_id ?? '', '--json']));
  check(verdict['authentic'] === true, `expected the verdict authentic, got ${JSON.stringify(verdict)}`);
  check(verdict['current'] === true, `expected the verdict current, got ${JSON.stringify(verdict)}`);
  return 'signature, key set, log inclusion and fresh heads hold: authentic, current';
}

async function searchStoreForPlaintext(journey: Journey): Promise<string> {
  const plain = await readFile(sourceFile(journey, SEALED_FILE));
  const needle = plain.subarray(200, 260);
  let files = 0;
  for await (const [name, bytes] of storedFiles(journey)) {
    files += 1;
    check(!bytes.includes(needle), `plaintext of the sealed file stands in ${name}`);
  }
  check(files > 0, 'the store is empty');
  return `${files} files of the store searched, none holds it`;
}

async function refuseWithoutGrant(journey: Journey): Promise<string> {
  await journey.federation.run(journey.consumer, 'sceau', ['keygen', '--name', 'Tour']);
  const refused = await journey.federation.run(journey.consumer, 'sceau', ['get', journey.sealed_id ?? '', '-o', path.join(journey.folder, 'refused.csv')], { may_fail: true });
  check(refused.status === 3, `expected exit code 3, got ${refused.status}: ${refused.stderr}`);
  check(!existsSync(path.join(journey.folder, 'refused.csv')), 'a file was left behind');
  return 'refused with exit code 3, no file left behind';
}

async function askForAccess(journey: Journey): Promise<string> {
  const asked = readJson(
    await journey.federation.run(journey.consumer, 'sceau', [
      'ask', journey.sealed_id ?? '', '--purpose', 'Étude sur les délais de relogement', '--name', DEMO_PEOPLE.citizen.name, '--email', DEMO_PEOPLE.citizen.email, '--json', '--no-wait',
    ]),
  );
  journey.request_id = String(asked['request_id']);
  const visitor = createVisitor(journey.federation.origin);
  const link = await linkInMails(visitor, '/access-requests/confirm/');
  const confirmed = await visitor.submit(await visitor.get(link), 'confirm', {});
  check(confirmed.status < 400, `the confirmation was answered with ${confirmed.status}`);
  return `request ${journey.request_id} confirmed by the link in the mail`;
}

async function approveRequest(journey: Journey): Promise<string> {
  const officer = journey.officer ?? (await signIn(journey.federation.origin, DEMO_PEOPLE.metropole.email));
  journey.officer = officer;
  const page = await officer.get(`/fr/officer/requests/${journey.request_id ?? ''}`);
  check(page.status === 200, `the officer's page was answered with ${page.status}`);
  const mine = readJson(await journey.federation.run(journey.consumer, 'sceau', ['requests', '--json']));
  const fingerprint = String(mine['fingerprint']);
  check(unescapeHtml(page.html).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').includes(fingerprint), `the page does not show the fingerprint ${fingerprint} that the consumer reads out`);
  const unchecked = await officer.submit(page, `requests/${journey.request_id ?? ''}`, { ends_on: inDays(30), note: '' }, 'decision=approve');
  check(unchecked.status >= 400, 'an approval without the compared fingerprint was accepted');
  const decided = await officer.submit(page, `requests/${journey.request_id ?? ''}`, { fingerprint_confirmed: 'yes', ends_on: inDays(30), note: '' }, 'decision=approve');
  check(decided.status < 400, `the approval was answered with ${decided.status}`);
  return `fingerprint ${fingerprint} compared; approved for 30 days`;
}

async function waitForPackage(journey: Journey): Promise<string> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const answer = readJson(await journey.federation.run(journey.consumer, 'sceau', ['grants', '--json']));
    const grants = Array.isArray(answer['grants']) ? answer['grants'] : [];
    const grant: unknown = grants[0];
    if (typeof grant === 'object' && grant !== null && 'epochs' in grant && 'grant_id' in grant && Array.isArray(grant.epochs) && grant.epochs.length > 0) {
      journey.grant_id = String(grant.grant_id);
      return `grant ${journey.grant_id}, key of epoch ${grant.epochs.join(', ')} ready`;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('no key package within 15 seconds');
}

async function openSealed(journey: Journey): Promise<string> {
  const out = path.join(journey.folder, 'opened.csv');
  await journey.federation.run(journey.consumer, 'sceau', ['open', journey.sealed_id ?? '', '-o', out]);
  const [got, source] = await Promise.all([readFile(out), readFile(sourceFile(journey, SEALED_FILE))]);
  check(got.equals(source), 'the opened file differs from the published one');
  return `${got.length} bytes, identical`;
}

async function openWithStockAge(journey: Journey): Promise<string> {
  const kept = path.join(journey.folder, 'kept.csv');
  await journey.federation.run(journey.consumer, 'sceau', ['get', journey.sealed_id ?? '', '--keep', '-o', kept]);
  const parts = [`${kept}.age-header`, `${kept}.age-body`, `${kept}.content-key.txt`];
  for (const part of parts) check(existsSync(part), `${path.basename(part)} is missing`);
  const there = await execute('age', ['--version']).then(() => true, () => false);
  if (!there) return 'NOT CHECKED: no age on this machine; header, body and content key are there for it';
  await writeFile(`${kept}.age`, Buffer.concat([await readFile(parts[0] ?? ''), await readFile(parts[1] ?? '')]));
  await execute('age', ['-d', '-i', parts[2] ?? '', '-o', `${kept}.by-age`, `${kept}.age`]);
  check((await readFile(`${kept}.by-age`)).equals(await readFile(sourceFile(journey, SEALED_FILE))), 'age gave other bytes');
  return 'cat header body | age -d -i content-key.txt gives the original';
}

async function refuseFlippedBit(journey: Journey): Promise<string> {
  const kept = path.join(journey.folder, 'kept.csv');
  const body = await readFile(`${kept}.age-body`);
  body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
  await writeFile(`${kept}.age-body`, body);
  const refused = await journey.federation.run(journey.consumer, 'sceau', ['open', kept, '-o', path.join(journey.folder, 'flipped.csv')], { may_fail: true });
  check(refused.status === 5, `expected exit code 5, got ${refused.status}: ${refused.stderr}`);
  check(!existsSync(path.join(journey.folder, 'flipped.csv')), 'a file was left behind');
  return 'refused with exit code 5, no file left behind';
}

async function republish(journey: Journey, line: string): Promise<Record<string, unknown>> {
  const source = sourceFile(journey, SEALED_FILE);
  await writeFile(source, `${await readFile(source, 'utf8')}${line}\n`);
  return readJson(await journey.federation.run('metropole', 'sceau-node', ['publish', source, '--dataset', journey.sealed_id ?? '', '--yes', '--json']));
}

async function publishSecondVersion(journey: Journey): Promise<string> {
  const published = await republish(journey, '35000;Commune ajoutée;T2;1;1');
  check(published['version'] === 2, `expected version 2, got ${JSON.stringify(published)}`);
  const out = path.join(journey.folder, 'second.csv');
  await journey.federation.run(journey.consumer, 'sceau', ['open', journey.sealed_id ?? '', '-o', out]);
  check((await readFile(out)).equals(await readFile(sourceFile(journey, SEALED_FILE))), 'version 2 differs from the published file');
  return 'version 2 opened with the same grant, in the same epoch';
}

async function restartPortal(journey: Journey): Promise<string> {
  const before = await api(journey, `/api/v1/datasets/${journey.sealed_id ?? ''}/versions`);
  await journey.federation.stopPortal();
  const away = await journey.federation.run(journey.consumer, 'sceau', ['search', 'communes'], { may_fail: true });
  check(away.status === 4, `with the portal away expected exit code 4, got ${away.status}`);
  await journey.federation.startPortal();
  const after = await api(journey, `/api/v1/datasets/${journey.sealed_id ?? ''}/versions`);
  check(JSON.stringify(before) === JSON.stringify(after), 'the versions differ after the restart');
  return 'away: exit code 4; back: the same versions';
}

async function revokeGrant(journey: Journey): Promise<string> {
  const grant = journey.grant_id ?? '';
  await journey.federation.run('metropole', 'sceau-node', ['revoke', grant, '--reason', 'End of the study', '--yes']);
  const began = Date.now();
  const out = path.join(journey.folder, 'revoked.csv');
  const refused = await journey.federation.run({ consumer_home: journey.consumer.consumer_home }, 'sceau', ['get', journey.sealed_id ?? '', '-o', out], { may_fail: true });
  check(refused.status === 3, `after the revocation expected exit code 3, got ${refused.status}: ${refused.stderr}`);
  check(Date.now() - began < 5000, 'the refusal took more than 5 seconds');
  return `refused ${((Date.now() - began) / 1000).toFixed(1)} s after the revocation`;
}

async function nextEpoch(journey: Journey): Promise<string> {
  const published = await republish(journey, '35001;Encore une;T3;2;2');
  check(published['version'] === 3, `expected version 3, got ${JSON.stringify(published)}`);
  const dataset = await api(journey, `/api/v1/datasets/${journey.sealed_id ?? ''}`);
  const resources = Array.isArray(dataset['resources']) ? dataset['resources'] : [];
  const epochs = resources.map((one: { age?: { epoch?: number } }) => one.age?.epoch);
  check(epochs.length === 1 && epochs[0] === 2, `expected epoch 2, got ${JSON.stringify(epochs)}`);
  return 'version 3 is sealed for epoch 2, whose key the revoked consumer never had';
}

async function withdrawDataset(journey: Journey): Promise<string> {
  await journey.federation.run('metropole', 'sceau-node', ['withdraw', journey.open_id ?? '', '--yes']);
  const left = await api(journey, '/api/v1/datasets?q=communes%20metropole&access=open');
  check(!JSON.stringify(left['datasets']).includes(journey.open_id ?? ''), 'the withdrawn dataset is still listed');
  return 'no longer listed; its signed history remains';
}

function idOfFirst(found: Record<string, unknown>, title: string): string {
  const list = Array.isArray(found['datasets']) ? found['datasets'] : [];
  const one = list.find((dataset: { title?: string }) => dataset.title === title);
  check(typeof one?.dataset_id === 'string', `"${title}" was not found`);
  return one.dataset_id;
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
