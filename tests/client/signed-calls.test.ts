import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { testPortal } from '../support/portal.ts';
import { at, runSceau, temporaryFolder, textAt } from './run-sceau.ts';

const run = promisify(execFile);

test('one signed call is made, or printed as a curl line that counts once and only for what was signed', async (t) => {
  t.timeout(60_000);
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const sceau = (args: string[]) => runSceau(args, { env: { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin }, cwd: folder });
  t.is((await sceau(['fetch', '/api/v1/grants'])).status, 1, 'no keys yet');
  const consumer_id = textAt(await sceau(['keygen', '--name', 'Bureau', '--json']), 'consumer_id');
  t.is((await sceau(['applications', 'add', 'Tableau de bord', '--json'])).status, 0);

  t.deepEqual((await sceau(['fetch', '/api/v1/grants'])).json, { grants: [], next: null });
  const kept = await sceau(['fetch', `${portal.origin}/api/v1/grants?limit=5`, '--key', 'application.pem', '-o', 'grants.json']);
  t.is(kept.status, 0, kept.stderr);
  t.deepEqual(JSON.parse(await readFile(join(folder, 'grants.json'), 'utf8')), { grants: [], next: null });
  t.is((await sceau(['fetch', '/api/v1/grants', '-o', 'grants.json'])).status, 1, 'nothing is written over');
  t.is((await sceau(['fetch', `/api/v1/consumers/${'A'.repeat(43)}`])).status, 1);
  t.is((await sceau(['fetch', 'http://data.example.org/api/v1/grants'])).status, 2, 'no plain http to another machine');
  t.is((await sceau(['fetch', '//evil.example/api/v1/grants'])).status, 2);
  await writeFile(join(folder, 'no.pem'), 'no key');
  t.is((await sceau(['fetch', '/api/v1/grants', '--key', 'no.pem'])).status, 1);

  // the line works as it stands, once, for this address only
  const curl = async (line: string) => (await run('sh', ['-c', line.replace('curl -sS', "curl -sS -o /dev/null -w '%{http_code}'")], { cwd: folder })).stdout;
  const line = (await sceau(['sign-request', 'GET', `/api/v1/consumers/${consumer_id}`])).stdout.trim();
  t.regex(line, /^curl -sS -H 'signature-input: sig1=/);
  t.is(await curl(line), '200');
  t.is(await curl(line), '401', 'a second time');
  const other = (await sceau(['sign-request', 'GET', '/api/v1/grants'])).stdout.trim();
  t.is(await curl(other.replace('/api/v1/grants', '/api/v1/access-requests')), '401', 'another path');

  // a body is signed too
  await writeFile(join(folder, 'sets.json'), JSON.stringify({ code: 'ABCD-EFGH' }));
  const post = `/api/v1/access-requests/${portal.portal.newUuid()}/confirmation`;
  const body = (await sceau(['sign-request', 'post', post, '--data', '@sets.json'])).stdout.trim();
  t.is(await curl(body), '404');
  await writeFile(join(folder, 'sets.json'), JSON.stringify({ code: 'ABCD-EFGX' }));
  t.is(await curl((await sceau(['sign-request', 'post', post, '--data', '@sets.json'])).stdout.trim().replace('@sets.json', 'other')), '401', 'another body');

  const headers = (await sceau(['sign-request', 'GET', '/api/v1/grants', '--headers', '--quiet'])).stdout.trim().split('\n');
  t.deepEqual(headers.map((header) => header.split(':')[0]), ['signature-input', 'signature']);
  t.is(at(await sceau(['sign-request', 'GET', '/api/v1/grants', '--json']), 'url'), `${portal.origin}/api/v1/grants`);
});
