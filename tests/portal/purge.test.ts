import test from 'ava';
import { createApp } from '../../portal/app.ts';
import { decideAccessRequest } from '../../portal/access/decide-access-request.ts';
import { runOperatorCommand } from '../../portal/operator-cli/program.ts';
import { createClock } from '../support/clock.ts';
import { testPortal } from '../support/portal.ts';
import { confirmationOf, PURPOSE } from './access/asking.ts';
import { publishSealed } from './catalog/publishing.ts';
import { dumpDatabase } from './dump-database.ts';

const NAME = 'Soizic Le Goarnig';
const EMAIL = 'soizic@labo.example';

test('sceau-portal purge erases at once whom nothing needs any more, ends what is over, and says how much', async (t) => {
  const portal = await testPortal(t, { clock: createClock(new Date(Date.now() - 500 * 86_400_000).toISOString()) });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const asks = async (title: string): Promise<string> => {
    const { dataset_id } = await publishSealed(portal, rennes, { title });
    const form = { name: NAME, email: EMAIL, organisation: '', purpose: PURPOSE, conditions: 'yes', website: '' };
    await portal.call('POST', `/fr/datasets/${dataset_id}/request-access`, { form });
    return dataset_id;
  };
  const confirm = async (): Promise<void> => {
    const { token } = await confirmationOf(portal, EMAIL);
    await portal.call('POST', `/fr/access-requests/confirm/${token}`, { form: {} });
  };
  const refused = await asks('Refusée');
  await confirm();
  const { request_id } = await portal.owner_db.selectFrom('access_request').select('request_id').where('dataset_id', '=', refused).executeTakeFirstOrThrow();
  await decideAccessRequest(portal.portal, (await portal.signInOfficer(rennes)).member, { request_id, decision: 'refuse', note: `Non, ${NAME}` });
  await asks('Sans réponse');
  await confirm();
  await asks('Jamais confirmée');
  t.true((await dumpDatabase(portal)).includes(NAME));

  const { config } = portal.portal;
  const env = { SCEAU_PUBLIC_ORIGIN: config.public_origin, SCEAU_NAME: 'Essai', SCEAU_KEYS_DIR: config.keys_dir, SCEAU_STORE: `${portal.folder}/store`, SCEAU_MAIL_FROM: config.mail_from, SCEAU_SMTP_URL: 'smtp://127.0.0.1:9', DATABASE_URL: config.database_url, LANG: 'en_GB.UTF-8' };
  const purge = async (...args: string[]): Promise<string> => {
    const out: string[] = [];
    const code = await runOperatorCommand(['purge', ...args], { env, out: (text) => out.push(text), err: (text) => out.push(text), signal: new AbortController().signal }, createApp);
    t.is(code, 0, out.join('\n'));
    return out.join('\n');
  };
  const counts = JSON.parse(await purge('--json'));
  t.like(counts, { ended_grants: 0, ended_requests: 2, erased_requests: 1, discarded_uploads: 0 });
  t.true(counts.deleted_rows > 0);
  const left = await portal.owner_db.selectFrom('access_request').select('state').execute();
  t.deepEqual(left, [{ state: 'expired' }], 'kept for a year from now, its end');
  t.regex(await purge(), /requests erased a year after their end: 0/);
  await portal.owner_db.updateTable('access_request').set({ updated_at: new Date(Date.now() - 366 * 86_400_000) }).execute();
  t.regex(await purge(), /requests erased a year after their end: 1/);
  const dump = await dumpDatabase(portal);
  for (const word of [NAME, EMAIL, request_id]) t.false(dump.includes(word), word);
});
