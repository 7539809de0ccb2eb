import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readConfig, readDatabaseUrl, readLanguage } from '../../portal/config.ts';
import { PortalError } from '../../portal/errors.ts';

const COMPLETE = {
  SCEAU_PUBLIC_ORIGIN: 'https://data.example.org',
  SCEAU_NAME: 'Portail',
  SCEAU_KEYS_DIR: '/srv/keys',
  SCEAU_STORE: '/srv/store',
  SCEAU_MAIL_FROM: 'portail@example.org',
  DATABASE_URL: 'postgres://sceau@localhost/sceau',
};

function refused(env: Record<string, string>, purpose?: 'web' | 'broker' | 'keys'): string[] {
  try {
    readConfig(env, purpose === undefined ? {} : { purpose });
    return [];
  } catch (error) {
    return error instanceof PortalError ? error.issues.map((issue) => issue.pointer) : ['not a PortalError'];
  }
}

test('a complete environment is a configuration; what is optional has a default, a secret has none', (t) => {
  t.like(readConfig(COMPLETE), { public_origin: 'https://data.example.org', listen: { host: '127.0.0.1', port: 8080 }, trusted_proxies: 0, demo: false, smtp_url: undefined, store: { kind: 'directory', path: '/srv/store' } });
  t.is(readConfig({ ...COMPLETE, SCEAU_PUBLIC_ORIGIN: 'https://data.example.org/' }).public_origin, 'https://data.example.org');
  t.deepEqual(refused({}), ['SCEAU_PUBLIC_ORIGIN', 'SCEAU_NAME', 'DATABASE_URL', 'SCEAU_KEYS_DIR', 'SCEAU_STORE', 'SCEAU_MAIL_FROM']);
});

test('each process asks only for what it needs', (t) => {
  const { SCEAU_KEYS_DIR: _keys, SCEAU_STORE: _store, SCEAU_MAIL_FROM: _mail, ...rest } = COMPLETE;
  t.deepEqual(refused(rest, 'broker'), ['SCEAU_BROKER_KEYS_DIR']);
  t.deepEqual(refused({ ...rest, SCEAU_BROKER_KEYS_DIR: '/srv/broker' }, 'broker'), []);
  t.deepEqual(refused(rest, 'keys'), ['SCEAU_KEYS_DIR', 'SCEAU_BROKER_KEYS_DIR']);
});

test('every wrong value is named', (t) => {
  for (const [name, value] of Object.entries({
    SCEAU_PUBLIC_ORIGIN: 'https://data.example.org/portal',
    SCEAU_PORT: '80800',
    SCEAU_TRUSTED_PROXIES: '-1',
    DATABASE_URL: 'mysql://x',
    SCEAU_SMTP_URL: 'https://mail.example.org',
    SCEAU_LOG_LEVEL: 'loud',
    SCEAU_DPO_MAIL: 'Odile <dpo@example.org>',
  })) {
    t.deepEqual(refused({ ...COMPLETE, [name]: value }), [name], name);
  }
  t.deepEqual(refused({ ...COMPLETE, SCEAU_PUBLIC_ORIGIN: 'http://data.example.org' }), ['SCEAU_PUBLIC_ORIGIN'], 'http is for loopback');
  t.deepEqual(refused({ ...COMPLETE, SCEAU_PUBLIC_ORIGIN: 'http://localhost:8080' }), []);
  t.deepEqual(refused({ ...COMPLETE, SCEAU_STORE: 's3://bodies' }), ['SCEAU_S3_ACCESS_KEY', 'SCEAU_S3_SECRET_KEY', 'SCEAU_S3_ENDPOINT']);
});

test('the demonstration is refused unless both listening and being reached are on loopback', (t) => {
  const demo = { ...COMPLETE, SCEAU_DEMO: '1' };
  t.deepEqual(refused(demo), ['SCEAU_DEMO']);
  t.deepEqual(refused({ ...demo, SCEAU_PUBLIC_ORIGIN: 'http://localhost:8080' }), []);
  t.deepEqual(refused({ ...demo, SCEAU_PUBLIC_ORIGIN: 'http://[::1]:8080', SCEAU_HOST: '::1' }), []);
  t.deepEqual(refused({ ...demo, SCEAU_PUBLIC_ORIGIN: 'http://localhost:8080', SCEAU_HOST: '0.0.0.0' }), ['SCEAU_DEMO']);
  t.deepEqual(refused({ ...demo, SCEAU_PUBLIC_ORIGIN: 'http://127.0.0.1.example.org' }), ['SCEAU_PUBLIC_ORIGIN', 'SCEAU_DEMO']);
});

test('secrets come from a file as well, but not from both places', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-config-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'url');
  await writeFile(path, 'postgres://sceau:secret@db/sceau\n');
  t.is(readDatabaseUrl({ DATABASE_URL_FILE: path }), 'postgres://sceau:secret@db/sceau');
  t.deepEqual(refused({ ...COMPLETE, DATABASE_URL_FILE: path }), ['DATABASE_URL']);
  const { DATABASE_URL: _url, ...rest } = COMPLETE;
  t.deepEqual(refused({ ...rest, DATABASE_URL_FILE: join(folder, 'missing') }), ['DATABASE_URL_FILE', 'DATABASE_URL']);
});

test('messages are French unless English is asked for', (t) => {
  t.is(readLanguage(undefined, {}), 'fr');
  t.is(readLanguage(undefined, { LANG: 'C.UTF-8' }), 'fr');
  t.is(readLanguage(undefined, { LANG: 'en_GB.UTF-8' }), 'en');
  t.is(readLanguage(undefined, { LANG: 'en_GB.UTF-8', LC_ALL: 'fr_FR.UTF-8' }), 'fr');
  t.is(readLanguage('en', { LC_ALL: 'fr_FR.UTF-8' }), 'en');
});
