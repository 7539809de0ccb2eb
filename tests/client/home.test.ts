import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ClientError, createClient, type DatasetMark, generateConsumerKeys, loadConsumerKeys, noPins, openHome, type Pins, pinsInHome, portalOrigin, saveConsumerKeys } from '#client';

const NOW = new Date('2026-03-01T12:00:00Z');
const DIGEST = `sha256:${'A'.repeat(43)}` as const;

async function place(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-home-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, 'home');
}

async function code(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
  return 'accepted';
}

const mark = (version: number): DatasetMark => ({ dataset_id: 'd', producer_id: 'p', version, digest: DIGEST, seen_at: NOW.toISOString(), current_until: null });

test('a home is made for its owner alone, and so are the files in it', async (t) => {
  const path = await place(t);
  const home = await openHome(path);
  const keys = await generateConsumerKeys('Ada', NOW);
  await saveConsumerKeys(home, keys);
  await pinsInHome(home).learn({ ...noPins(), marks: [mark(1)] });
  t.is((await stat(path)).mode & 0o777, 0o700);
  for (const name of await readdir(path)) t.is((await stat(join(path, name))).mode & 0o777, 0o600, name);
  const loaded = await loadConsumerKeys(home);
  t.is(loaded?.consumer_id, keys.consumer_id);
  t.is(loaded?.fingerprint, keys.fingerprint);
  t.regex(keys.fingerprint, /^\d{5}( \d{5}){5}$/);
});

test('a home or a key file that others can read is refused', async (t) => {
  const path = await place(t);
  const home = await openHome(path);
  await saveConsumerKeys(home, await generateConsumerKeys('Ada', NOW));
  await chmod(path, 0o750);
  t.is(await code(() => openHome(path)), 'home_too_open');
  await chmod(path, 0o700);
  for (const name of ['identity.jwk', 'delivery.age', 'key-sets.json']) {
    await chmod(join(path, name), 0o640);
    t.is(await code(() => loadConsumerKeys(home)), 'home_too_open', name);
    await chmod(join(path, name), 0o600);
  }
});

test('what is no folder is no home, and a link to one is none either', async (t) => {
  const path = await place(t);
  await writeFile(path, '');
  t.is(await code(() => openHome(path)), 'home_unusable');
  await rm(path);
  await mkdir(`${path}-real`, { mode: 0o700 });
  await symlink(`${path}-real`, path);
  t.is(await code(() => openHome(path)), 'home_unusable');
});

test('keys are never overwritten, and a half-made set is not taken for keys', async (t) => {
  const home = await openHome(await place(t));
  const first = await generateConsumerKeys('Ada', NOW);
  await saveConsumerKeys(home, first);
  const text = await readFile(join(home.path, 'identity.jwk'), 'utf8');
  const second = await generateConsumerKeys('Bob', NOW);
  t.is(await code(() => saveConsumerKeys(home, second)), 'keys_exist');
  t.is(await readFile(join(home.path, 'identity.jwk'), 'utf8'), text);
  await rm(join(home.path, 'key-sets.json'));
  t.is(await loadConsumerKeys(home), undefined);
  t.is(await code(() => saveConsumerKeys(home, second)), 'keys_exist', 'a key without its set is still a key');
});

test('keys that do not belong together are refused as damaged, without telling their text', async (t) => {
  const home = await openHome(await place(t));
  const keys = await generateConsumerKeys('Ada', NOW);
  await saveConsumerKeys(home, keys);
  const other = await generateConsumerKeys('Bob', NOW);
  for (const [name, text] of [['delivery.age', `${other.identity}\n`], ['delivery.age', 'AGE-SECRET-KEY-1SECRET\n'], ['key-sets.json', JSON.stringify(other.key_sets)], ['key-sets.json', '[]'], ['key-sets.json', 'x'], ['identity.jwk', '{"d":"c2VjcmV0"}']] as const) {
    const before = await readFile(join(home.path, name), 'utf8');
    await writeFile(join(home.path, name), text);
    const error = await loadConsumerKeys(home).then(() => undefined, (cause: unknown) => cause);
    t.true(error instanceof ClientError && error.code === 'home_damaged', `${name} ${text.slice(0, 20)}`);
    t.false(/SECRET|c2VjcmV0/.test(String(error)), 'no secret in the message');
    await writeFile(join(home.path, name), before);
  }
  t.is((await loadConsumerKeys(home))?.consumer_id, keys.consumer_id);
});

test('marks only go up, also when many programs learn at once', async (t) => {
  const home = await openHome(await place(t));
  const learn = (version: number): Promise<void> => pinsInHome(home).learn({ ...noPins(), marks: [mark(version), { ...mark(1), dataset_id: `d${version}` }] });
  await Promise.all([3, 7, 1, 5, 2].map(learn));
  const { marks } = await pinsInHome(home).load();
  t.is(marks.find((one) => one.dataset_id === 'd')?.version, 7);
  t.is(marks.length, 6, 'nobody\'s lesson is lost');
});

test('a confirmation is not lost to what is learned later', async (t) => {
  const home = await openHome(await place(t));
  const store = pinsInHome(home);
  const pin = { producer_id: 'p', name: 'Ville', key_sets: [DIGEST], confirmed_by: 'first_use', pinned_at: NOW.toISOString(), heads_seq: 4 } as const;
  const pins = (change: Partial<Pins['producers'][number]>): Pins => ({ ...noPins(), producers: [{ ...pin, key_sets: [DIGEST], key_set_places: [], ...change }] });
  await store.learn(pins({ confirmed_by: 'hand' }));
  await store.learn(pins({ heads_seq: 2 }));
  t.like((await store.load()).producers[0], { confirmed_by: 'hand', heads_seq: 4 });
  await store.change((held) => ({ ...held, producers: [] }));
  t.is((await store.load()).producers.length, 0);
});

test('a damaged file of pins stops everything rather than forgetting', async (t) => {
  const home = await openHome(await place(t));
  for (const text of ['', '{}', '{"portals":[],"producers":[],"marks":[{"dataset_id":"d"}]}', '{"portals":[{"portal_id":1}],"producers":[],"marks":[]}']) {
    await writeFile(join(home.path, 'pins.json'), text, { mode: 0o600 });
    t.is(await code(() => pinsInHome(home).load()), 'home_damaged', text);
    t.is(await code(() => pinsInHome(home).learn({ ...noPins(), marks: [mark(1)] })), 'home_damaged');
    t.is(await readFile(join(home.path, 'pins.json'), 'utf8'), text, 'and is left for repair');
  }
});

test('a lock that a dead program left is taken over', async (t) => {
  const home = await openHome(await place(t));
  await writeFile(join(home.path, '.lock'), '');
  const old = new Date(Date.now() - 120_000);
  await utimes(join(home.path, '.lock'), old, old);
  await pinsInHome(home).learn({ ...noPins(), marks: [mark(1)] });
  t.is((await pinsInHome(home).load()).marks.length, 1);
});

test('a portal is an https origin, or http on this machine', (t) => {
  t.is(portalOrigin('https://data.example.org/'), 'https://data.example.org');
  t.is(portalOrigin('http://localhost:8080'), 'http://localhost:8080');
  t.is(portalOrigin('http://127.0.0.1:8080'), 'http://127.0.0.1:8080');
  t.is(portalOrigin('http://[::1]:8080'), 'http://[::1]:8080');
  t.is(portalOrigin('http://data.example.org', true), 'http://data.example.org');
  for (const text of ['http://data.example.org', 'http://127.0.0.1.example.org']) t.throws(() => portalOrigin(text), { code: 'insecure_portal' }, text);
  for (const text of ['data.example.org', 'ftp://x', 'https://x/path', 'https://x/?a', 'https://x/#a', 'https://user@x', '', 'https://x:99999']) t.throws(() => portalOrigin(text), { code: 'bad_input' }, text);
});

test('a client without keys says so only when it needs them', async (t) => {
  const client = createClient({ portal_url: 'http://localhost:1', home: await place(t) });
  t.is(await code(() => client.consumerKeys()), 'keys_missing');
  t.is(await code(() => client.requests()), 'keys_missing');
});
