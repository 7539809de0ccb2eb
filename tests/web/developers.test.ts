import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { importSigningKey } from '#crypto';
import { EXAMPLE_COMMANDS, loadExamples } from '../../portal/web/load-examples.ts';
import { temporaryFolder, runSceau } from '../client/run-sceau.ts';
import { testPortal } from '../support/portal.ts';
import { requireProgram } from '../support/requirement.ts';

const run = promisify(execFile);
const NEEDS: Readonly<Record<string, readonly string[]>> = { 'call.sh': ['sh', 'curl', 'openssl'], 'call.py': ['python3', 'openssl'], 'Call.java': ['java'] };

test('the page for developers is reached from the home page and the footer, and shows every program as it is', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const home = await portal.call('GET', '/en/');
  t.is(home.text.split('href="/en/developers"').length, 3, 'once on the page, once in its footer');
  for (const lang of ['fr', 'en']) {
    const page = await portal.call('GET', `/${lang}/developers`);
    t.is(page.status, 200);
    for (const { name, text } of loadExamples()) {
      t.true(page.text.includes(name));
      t.true(page.text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&amp;', '&').includes(text), name);
    }
  }
});

for (const { name, text } of loadExamples()) {
  const missing = (NEEDS[name] ?? []).map(requireProgram).flatMap((found) => ('missing' in found ? [found.missing] : []));
  const one = missing.length > 0 ? test.skip : test;
  one(`${name} calls the signed API with the key of an application, and nothing of ours${missing.length > 0 ? ` (${missing.join(', ')})` : ''}`, async (t) => {
    t.timeout(60_000);
    const portal = await testPortal(t, { sequencer: false });
    const folder = await temporaryFolder(t);
    const sceau = (args: string[]) => runSceau(args, { env: { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin }, cwd: folder });
    t.is((await sceau(['keygen', '--name', 'Bureau'])).status, 0);
    t.is((await sceau(['applications', 'add', name])).status, 0);
    const { kid } = importSigningKey(JSON.stringify(createPrivateKey(await readFile(join(folder, 'application.pem'), 'utf8')).export({ format: 'jwk' })));
    await writeFile(join(folder, name), text);
    const [program = '', ...args] = (EXAMPLE_COMMANDS[name] ?? '').split(' ');
    const call = (path: string, key_id = kid) => run(program, [...args, 'application.pem', key_id, `${portal.origin}${path}`], { cwd: folder });
    for (const path of ['/api/v1/grants', '/api/v1/grants?limit=5']) t.deepEqual(JSON.parse((await call(path)).stdout), { grants: [], next: null });
    await t.throwsAsync(call('/api/v1/grants', 'A'.repeat(43)), undefined, 'another keyid is refused');
  });
}
