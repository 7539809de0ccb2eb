import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { exitCodeOf } from '../../portal/client/command-line/exit-code.ts';
import { explainError } from '../../portal/client/command-line/explain-error.ts';
import { printable, shellWord } from '../../portal/client/command-line/printable.ts';
import { readClientConfig } from '../../portal/client/config.ts';
import { ClientError } from '#client';
import { partyIdOf } from '#crypto';
import { en } from '../../portal/client/words/en.ts';
import { fr } from '../../portal/client/words/fr.ts';
import { isWordKey, languageOf, wordsOf } from '../../portal/client/words/words.ts';
import { createFakeFederation } from './fake-federation.ts';
import { sendJson, startFakePortal } from './fake-portal.ts';
import { runSceau, temporaryFolder } from './run-sceau.ts';

const KEYS = Object.keys(fr).filter(isWordKey);

test('both languages say the same things with the same values', (t) => {
  t.deepEqual(Object.keys(en).toSorted(), Object.keys(fr).toSorted());
  const values = (text: string): string[] => [...text.matchAll(/\{[a-z_]+\}/g)].map(([value]) => value).toSorted();
  for (const key of KEYS) t.deepEqual(values(en[key]), values(fr[key]), key);
});

test('every refusal has its sentence in both languages, and a code to exit with', async (t) => {
  const source = await readFile(new URL('../../../portal/client/errors.ts', import.meta.url), 'utf8');
  const list = source.slice(source.indexOf('export type ClientErrorCode'), source.indexOf('/** Values that a sentence'));
  const codes = [...list.matchAll(/'([a-z_]+)'/g)].map(([, code]) => code ?? '');
  t.true(codes.length > 60);
  for (const code of codes) {
    t.true(isWordKey(`error.${code}`), code);
    t.true([1, 2, 3, 4, 5, 130].includes(exitCodeOf(code as ClientError['code'])), code);
  }
});

test('a sentence whose values are missing gives way to the plain detail', (t) => {
  const { lines } = explainError(new ClientError('output_exists', 'It is there.'), wordsOf('en'), 'en');
  t.deepEqual(lines, ['It is there.']);
  const told = explainError(new ClientError('not_granted', 'No.', { reason: 'no_grant', facts: { why: 'No.' } }), wordsOf('en'), 'en');
  t.deepEqual([told.lines[0], told.exit_code], ['Access not granted: No.', 3]);
});

test('what others wrote cannot steer the terminal or pose as a command', (t) => {
  t.is(printable('a\u001b[31mb\u0007c\nd\te\u202ef\u200b'), 'a\ufffd[31mb\ufffdc d e\ufffdf\ufffd');
  t.is(printable('Accès à l’eau — été'), 'Accès à l’eau — été');
  t.is(shellWord('plain-name_1.csv'), 'plain-name_1.csv');
  t.is(shellWord("l'été; rm -rf"), "'l'\\''été; rm -rf'");
  t.is(shellWord('$(id)'), "'$(id)'");
  t.is(shellWord('-rf'), "'-rf'");
});

test('nothing of the portal reaches the terminal raw, in lines or in JSON', async (t) => {
  const federation = await createFakeFederation();
  const portal = await startFakePortal(federation);
  t.teardown(portal.close);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  t.is((await runSceau(['keygen'], { env })).status, 0);
  const evil = '\u001b[2J\u009b2J\u007f\u202e\u2066\nsceau: ok';
  const card = (change: Record<string, unknown>) => ({
    dataset_id: '1f1f7a3e-0000-4000-8000-000000000001', title: evil, lang: 'fr', synopsis: '', theme: null, keywords: [], producer: { producer_id: federation.producer_id, name: evil },
    access: 'open', custody: 'none', licence: null, formats: [evil], version: 1, published_at: '', updated_at: '', ...change,
  });
  const request = (change: Record<string, unknown>) => ({
    request_id: '1f1f7a3e-0000-4000-8000-000000000002', dataset_id: '1f1f7a3e-0000-4000-8000-000000000001', title: evil, state: 'submitted', created_at: evil, decided_at: null, decision_note: evil, ...change,
  });
  const grant = (change: Record<string, unknown>) => ({ grant: federation.portal_keys, act: null, state: 'active', dataset_id: '1f1f7a3e-0000-4000-8000-000000000001', title: evil, starts_at: evil, ends_at: evil, epochs: [], ...change });
  const answers: [args: string[], path: string, value: (change: Record<string, unknown>) => unknown, ids: string[]][] = [
    [['search', 'x'], '/api/v1/datasets?', (change) => ({ total: 1, facets: {}, next: null, datasets: [card(change)] }), ['dataset_id', 'producer']],
    [['requests'], '/api/v1/access-requests', (change) => ({ access_requests: [request(change)] }), ['request_id', 'dataset_id']],
    [['grants'], '/api/v1/grants', (change) => ({ grants: [grant(change)] }), ['dataset_id']],
    [['confirm', '1f1f7a3e-0000-4000-8000-000000000002'], '/api/v1/access-requests', () => ({ state: evil }), []],
  ];
  for (const [args, path, value, ids] of answers) {
    const ask = async (change: Record<string, unknown>, more: string[] = []) => {
      portal.lie = (asked, response) => asked.startsWith(path) && (sendJson(response, 200, value(change)), true);
      const ran = await runSceau([...args, ...more], { env, input: 'CODE-1234\n' });
      t.notRegex(`${ran.stdout}${ran.stderr}`, /(?!\n)[\p{Cc}\p{Bidi_Control}]/u, args.join(' '));
      t.notRegex(`${ran.stdout}${ran.stderr}`, /^sceau: ok/m, 'no line of its own');
      return ran;
    };
    t.is((await ask({})).status, 0, args.join(' '));
    const json = await ask({}, ['--json']);
    t.is(json.status, 0);
    t.true(JSON.stringify(json.json).includes(JSON.stringify(evil).slice(1, -1)), 'programs read the text back unchanged');
    for (const id of ids) t.is((await ask({ [id]: id === 'producer' ? { producer_id: evil, name: 'x' } : evil })).status, 1, `${args[0] ?? ''} ${id}`);
  }
});

test('the language follows the locale, and French is what is spoken otherwise', (t) => {
  t.is(languageOf('en_GB.UTF-8'), 'en');
  t.is(languageOf('fr_FR'), 'fr');
  t.is(languageOf('C'), undefined);
  t.is(readClientConfig({ LC_ALL: '', LANG: 'en_US' }).language, 'en');
  t.is(readClientConfig({ LC_ALL: 'fr_FR', LANG: 'en_US' }).language, 'fr');
  t.is(readClientConfig({ LANG: 'C' }).language, 'fr');
  t.is(readClientConfig({ XDG_CONFIG_HOME: '/x' }).home, '/x/sceau');
  t.is(readClientConfig({ SCEAU_HOME: '/y', XDG_CONFIG_HOME: '/x' }).home, '/y');
  t.is(readClientConfig({ SCEAU_PORTAL: '' }).portal_url, undefined);
});

test('help teaches: every command has an example, in both languages, and exit codes are told', async (t) => {
  const commands = ['search', 'show', 'get', 'verify', 'keygen', 'ask', 'confirm', 'requests', 'grants', 'open'];
  const french = await runSceau(['--help', '--lang', 'fr']);
  t.is(french.status, 0);
  t.regex(french.stdout, /^Usage :[\s\S]*Commandes :[\s\S]*Codes de retour/);
  for (const command of commands) {
    t.true(french.stdout.includes(`\n  ${command} `), command);
  }
  t.regex(french.stdout, /--portal <adresse> /);
  t.notRegex(french.stdout, /choices|<url>|\[command\]/);
  for (const command of [...commands.slice(0, 3), 'ask', 'open']) {
    const help = await runSceau([command, '--help']);
    t.is(help.status, 0);
    t.regex(help.stdout, new RegExp(`Examples:\\n  sceau ${command}`), command);
  }
});

test('an answer that is no portal\'s is told as such, and a proxy\'s page does not confuse', async (t) => {
  const federation = await createFakeFederation();
  const portal = await startFakePortal(federation);
  t.teardown(portal.close);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const answers: [status: number, body: string, exit: number, sentence: RegExp][] = [
    [200, '<html>', 1, /not that of a Sceau portal/],
    [200, '{"total":"many"}', 1, /not that of a Sceau portal \(a list of datasets: total/],
    [200, '[', 1, /not that of a Sceau portal/],
    [502, '<html>Bad gateway</html>', 4, /portal is in trouble/],
    [503, '{"title":"Away","status":503,"code":"unavailable","detail":"Back at noon.","request_id":"r7"}', 4, /Back at noon\.[\s\S]*r7/],
    [429, '{"title":"Slow","status":429,"detail":"Wait."}', 4, /Too many requests: Wait\./],
    [400, '{"title":"Bad","status":400,"detail":"Unknown parameter.","issues":[{"pointer":"/q","message":"Say less."}]}', 1, /Unknown parameter\. \/q Say less\./],
    [404, `{"title":"x","status":404,"detail":"\\u001b[31mred"}`, 1, /Not found: \ufffd\[31mred/],
    [301, '', 4, /does not answer/],
  ];
  for (const [status, body, exit, sentence] of answers) {
    portal.lie = (_path, response) => {
      response.writeHead(status, status === 301 ? { location: 'https://elsewhere.example/' } : {}).end(body);
      return true;
    };
    const ran = await runSceau(['search', 'x'], { env });
    t.is(ran.status, exit, `${status} ${body}: ${ran.stderr}`);
    t.regex(ran.stderr, sentence);
  }
});

test('another portal at a known address is a hard stop, until a person forgets the old one', async (t) => {
  const federation = await createFakeFederation();
  const one = await federation.publish({ files: [{ name: 'f.csv', bytes: new TextEncoder().encode('1') }] });
  const portal = await startFakePortal(federation);
  t.teardown(portal.close);
  portal.versions.push(one);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const id = one.manifest.dataset_id;
  t.is((await runSceau(['verify', id], { env })).status, 0);
  const other = await createFakeFederation();
  portal.lie = (path, response) => {
    if (path !== '/api/v1/portal') return false;
    sendJson(response, 200, { portal_id: partyIdOf(other.portal_keys), name: 'X', public_origin: portal.origin, key_sets: [other.portal_keys], fingerprint: '', now: portal.now.toISOString() });
    return true;
  };
  const stopped = await runSceau(['verify', id], { env });
  t.is(stopped.status, 5);
  t.regex(stopped.stderr, /^STOP\. Another portal answers/);
  t.is((await runSceau(['trust', 'remove', partyIdOf(federation.portal_keys)], { env })).status, 0);
  t.is((await runSceau(['verify', id], { env })).status, 5, 'the new portal\'s evidence still is the old one\'s');
});

test('no secret of the home appears in what the command says', async (t) => {
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home') };
  const made = await runSceau(['keygen', '--json'], { env });
  const identity = (await readFile(join(folder, 'home', 'delivery.age'), 'utf8')).trim();
  const key: unknown = JSON.parse(await readFile(join(folder, 'home', 'identity.jwk'), 'utf8'));
  const d = typeof key === 'object' && key !== null && 'd' in key ? String(key.d) : 'none';
  for (const ran of [made, await runSceau(['keygen'], { env }), await runSceau(['trust', 'list', '--json'], { env })]) {
    t.false(`${ran.stdout}${ran.stderr}`.includes(identity));
    t.false(`${ran.stdout}${ran.stderr}`.includes(d));
  }
});
