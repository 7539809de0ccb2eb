import { createPrivateKey } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { generateSigningKey, importSigningKey, type SigningKey, thumbprint } from '#crypto';
import { APPLICATION_CALLS_PER_HOUR } from '../../portal/parties/count-application-use.ts';
import { purgeExpired } from '../../portal/parties/purge-expired.ts';
import { testPortal } from '../support/portal.ts';
import { confirmationOf, grantAccess } from '../portal/access/asking.ts';
import { publishOpen, publishSealed } from '../portal/catalog/publishing.ts';
import { at, runSceau, temporaryFolder, textAt } from './run-sceau.ts';

async function keyIn(path: string): Promise<SigningKey> {
  return importSigningKey(JSON.stringify(createPrivateKey(await readFile(path, 'utf8')).export({ format: 'jwk' })));
}

test('an application is added with its scopes, may only that, shows its use on a page, and is stopped there or retired', async (t) => {
  t.timeout(120_000);
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const sceau = (args: string[], input?: string) => runSceau(args, { env: { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin }, cwd: folder, ...(input === undefined ? {} : { input }) });
  const rennes = await portal.enrolProducer();
  const { dataset_id } = await publishSealed(portal, rennes);
  await portal.logged();
  const made = await sceau(['keygen', '--name', 'Bureau', '--json']);
  t.is(made.status, 0, made.stderr);
  const asked = await sceau(['ask', dataset_id, '--purpose', 'Étude', '--name', 'Anne', '--email', 'anne@labo.example', '--json', '--no-wait']);
  t.is((await sceau(['confirm', textAt(asked, 'request_id')], `${(await confirmationOf(portal, 'anne@labo.example')).code}\n`)).status, 0);

  const added = await sceau(['applications', 'add', 'Tableau de bord', '--json']);
  t.is(added.status, 0, added.stderr);
  t.like(added.json, { state: 'added', name: 'Tableau de bord', scopes: ['catalogue:read', 'grants:read'], files: ['application.pem'], version: 2 });
  t.is((await stat(join(folder, 'application.pem'))).mode & 0o777, 0o600);
  const reader = await keyIn(join(folder, 'application.pem'));
  t.is(reader.kid, textAt(added, 'kid'));
  t.not((await sceau(['applications', 'add', 'Encore'])).status, 0, 'a key that is there is not written over');
  const opener = await sceau(['applications', 'add', 'Entrepôt', '--scope', 'packages:read', '--out', 'opener.pem', '--json']);
  t.deepEqual(at(opener, 'files'), ['opener.pem', 'opener.pem.age'], opener.stderr);
  const opening = await keyIn(join(folder, 'opener.pem'));
  t.is((await sceau(['applications', 'add', 'Trop', '--scope', 'everything'])).status, 2);

  // each may what it was given, and neither asks nor withdraws in its owner's name
  const status = async (as: SigningKey, path: string, method = 'GET', json?: unknown) => (await portal.call(method, path, { as, ...(json === undefined ? {} : { json }) })).status;
  t.is(await status(reader, '/api/v1/datasets'), 200);
  t.is(await status(reader, '/api/v1/access-requests'), 200);
  t.is(await status(reader, '/api/v1/grants'), 200);
  t.is(await status(opening, '/api/v1/access-requests'), 403);
  t.is(await status(opening, '/api/v1/grants'), 200);
  const refused = await portal.call('GET', `/api/v1/grants/${portal.portal.newUuid()}/packages`, { as: reader });
  t.like(refused.json, { status: 403, reason: 'scope' });
  t.is(await status(opening, `/api/v1/grants/${portal.portal.newUuid()}/packages`), 404);
  t.is(await status(reader, `/api/v1/access-requests/${textAt(asked, 'request_id')}/withdrawal`, 'POST', {}), 403);

  // the page shows them to the person whose consumer this is, and to nobody else
  const anne = await portal.signIn('anne@labo.example');
  const page = await portal.call('GET', '/en/me/applications', { session: anne });
  t.regex(page.text, /Tableau de bord[\s\S]*5 calls in 90 days/);
  const stranger = await portal.signIn('autre@ailleurs.example');
  t.notRegex((await portal.call('GET', '/en/me/applications', { session: stranger })).text, /Tableau de bord/);
  t.is((await portal.call('POST', '/en/me/applications/stop', { session: stranger, form: { kid: reader.kid } })).status, 404);
  t.is(await status(reader, '/api/v1/grants'), 200);
  t.is((await portal.call('POST', '/en/me/applications/stop', { session: anne, form: { kid: reader.kid } })).status, 303);
  t.is(await status(reader, '/api/v1/grants'), 401, 'at once');
  t.regex((await portal.call('GET', '/en/me/applications?done=stopped', { session: anne })).text, /Stopped: its calls are refused/);

  // a next key set that still names it starts nothing again; a retired one is refused, its delivery key gone with it
  t.is((await sceau(['devices', 'renew'])).status, 0);
  t.is(await status(reader, '/api/v1/grants'), 401);
  const retired = await sceau(['applications', 'retire', 'Entrepôt', '--json']);
  t.like(retired.json, { state: 'retired', name: 'Entrepôt' }, retired.stderr);
  t.is(await status(opening, '/api/v1/grants'), 401);
  t.is(at(await sceau(['keys', '--json']), 'delivery', 'length'), 1);
  t.deepEqual(at(await sceau(['applications', '--json']), 'applications'), [{ kid: reader.kid, name: 'Tableau de bord', scopes: ['catalogue:read', 'grants:read'] }]);

  // a key of another program; a second role for one key
  const theirs = generateSigningKey('ES256');
  await writeFile(join(folder, 'public.jwk'), JSON.stringify(theirs.public_jwk));
  const taken = await sceau(['applications', 'add', 'Serveur', '--key', 'public.jwk', '--json']);
  t.is(textAt(taken, 'kid'), thumbprint(theirs.public_jwk), taken.stderr);
  t.is(await status(theirs, '/api/v1/grants'), 200);
  t.is((await sceau(['applications', 'add', 'Deux', '--key', 'public.jwk'])).status, 2);
  await writeFile(join(folder, 'no.pem'), '-----BEGIN PUBLIC KEY-----\nbm8=\n-----END PUBLIC KEY-----\n');
  t.is((await sceau(['applications', 'add', 'Trois', '--key', 'no.pem'])).status, 1);

  // the quota holds over all processes; counts go after 90 days
  const now = portal.portal.clock.now();
  const hour = new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);
  const later = new Date(hour.getTime() + 3_600_000);
  await portal.owner_db.insertInto('rate_limit').values([hour, later].map((window_start) => ({ bucket: `application:${theirs.kid}`, window_start, count: APPLICATION_CALLS_PER_HOUR }))).onConflict((conflict) => conflict.columns(['bucket', 'window_start']).doUpdateSet({ count: APPLICATION_CALLS_PER_HOUR })).execute();
  t.is(await status(theirs, '/api/v1/grants'), 429);
  await portal.owner_db.updateTable('application_use').set({ last_call_at: new Date(now.getTime() - 91 * 86_400_000) }).where('kid', '=', reader.kid).execute();
  t.is((await purgeExpired(portal.portal))['application_use'], 1);
});

test('an application without packages:read gets neither header nor sealed body, one with it gets both; without scopes it gets nothing', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const lab = await portal.registerConsumer();
  const sealed = await publishSealed(portal, rennes);
  const open = await publishOpen(portal, rennes);
  await grantAccess(portal, lab, { dataset: sealed, producer: rennes });
  const as = lab.application_key;
  const place = `/api/v1/datasets/${sealed.dataset_id}/versions/latest/resources/${sealed.resource_id}`;
  const allow = (scopes: string[]) => portal.owner_db.updateTable('party_key').set({ scopes }).where('kid', '=', as.kid).execute();
  const statuses = async () => Promise.all([`${place}/header`, `${place}/body`, `/api/v1/datasets/${open.dataset_id}`].map(async (path) => (await portal.call('GET', path, { as })).status));
  t.deepEqual(await statuses(), [403, 403, 403]);
  await allow(['catalogue:read', 'grants:read']);
  t.deepEqual(await statuses(), [403, 403, 200]);
  await allow(['packages:read']);
  t.deepEqual(await statuses(), [200, 200, 200]);
});
