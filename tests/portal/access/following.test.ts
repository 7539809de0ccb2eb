import { Writable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { pino } from 'pino';
import { confirmAccessRequest } from '../../../portal/access/confirm-access-request.ts';
import { decideAccessRequest } from '../../../portal/access/decide-access-request.ts';
import { eraseOldRequests } from '../../../portal/access/erase-old-requests.ts';
import { expireRequests } from '../../../portal/access/expire-requests.ts';
import { createClock } from '../../support/clock.ts';
import { type TestConsumer, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { makePublication, publishSealed, type SealedDataset, send } from '../catalog/publishing.ts';
import { dumpDatabase } from '../dump-database.ts';
import { confirmationOf, PURPOSE, requestPayload, signRequestPayload } from './asking.ts';

const NAME = 'Gwenaëlle Ar-Braz';
const EMAIL = 'gwenaelle.arbraz@labo.example';
const ORGANISATION = 'Laboratoire Kerzhonk';
const HTML = { accept: 'text/html' };

interface Scene {
  portal: TestPortal;
  rennes: TestProducer;
  dataset: SealedDataset;
  /** Lines of the portal's own log. */
  lines: string[];
}

async function scene(t: ExecutionContext, clock?: ReturnType<typeof createClock>): Promise<Scene> {
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(chunk.toString()), done()) }));
  const portal = await testPortal(t, { replace: { logger }, ...(clock === undefined ? {} : { clock }) });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  return { portal, rennes, dataset: await publishSealed(portal, rennes), lines };
}

/** Asks on the page, as somebody without account and key. */
async function askOnPage({ portal, dataset }: Scene, lang = 'fr'): Promise<void> {
  const form = { name: NAME, email: EMAIL, organisation: ORGANISATION, purpose: PURPOSE, conditions: 'yes', website: '' };
  const answer = await portal.call('POST', `/${lang}/datasets/${dataset.dataset_id}/request-access`, { form });
  if (answer.status !== 303) throw new Error(answer.text);
}

/** Presses the button behind the link of the first mail. */
async function confirmOnPage({ portal }: Scene, lang = 'fr') {
  const { token } = await confirmationOf(portal, EMAIL);
  return portal.call('POST', `/${lang}/access-requests/confirm/${token}`, { form: {} });
}

/** The path of the newest link to follow the request in the asker's mails. */
async function linkOf({ portal }: Scene): Promise<string> {
  const links = (await portal.mails(EMAIL)).flatMap((mail) => new RegExp(`${portal.origin}(/(?:fr|en)/access-requests/follow/[^\\s]+)`).exec(mail.text_body)?.[1] ?? []);
  const link = links.at(-1);
  if (link === undefined) throw new Error('no mail has the link');
  return link;
}

const requestIdOf = (link: string): string => /follow\/([0-9a-f-]{36})\//.exec(link)?.[1] ?? '';

function pasted({ portal, rennes, dataset }: Scene, consumer: TestConsumer, request_id: string, o: { purpose?: string } = {}): string {
  const request = signRequestPayload(requestPayload(portal, consumer, { dataset, producer: rennes, request_id, ...o }), consumer.identity_key);
  return JSON.stringify({ key_sets: [consumer.key_set], request });
}

/** Asks and confirms on the page, then pastes a first key: a request that waits for the officer's answer. */
async function askWithKey(s: Scene, name: string): Promise<{ link: string; request_id: string; anne: TestConsumer }> {
  await askOnPage(s);
  await confirmOnPage(s);
  const link = await linkOf(s);
  const request_id = requestIdOf(link);
  const anne = await s.portal.registerConsumer({ name });
  await s.portal.call('POST', `${link}/key`, { form: { signed: pasted(s, anne, request_id) }, headers: HTML });
  return { link, request_id, anne };
}

test('without account, key or script one asks, follows, corrects, attaches a key by pasting, and is granted', async (t) => {
  const s = await scene(t);
  const { portal, rennes } = s;
  await askOnPage(s);
  t.false((await portal.mails(EMAIL)).some((mail) => mail.text_body.includes('/follow/')), 'no link before the address is confirmed');
  const confirmed = await confirmOnPage(s);
  t.is(confirmed.status, 200);
  const link = await linkOf(s);
  t.true(confirmed.text.includes(link), 'the page leads there, too');
  const request_id = requestIdOf(link);
  const page = async () => (await portal.call('GET', link, { headers: HTML })).text;
  const shown = await portal.call('GET', link, { headers: HTML });
  t.is(shown.headers['cache-control'], 'private, no-store');
  for (const text of [NAME, EMAIL, ORGANISATION, 'Envoyée, réponse attendue', 'Sans réponse, prend fin le', `sceau ask ${s.dataset.dataset_id} --request ${request_id}`]) t.true(shown.text.includes(text), text);

  t.is((await portal.call('POST', `${link}/correct`, { form: { name: '', organisation: '', purpose: PURPOSE }, headers: HTML })).status, 422);
  const corrected = await portal.call('POST', `${link}/correct`, { form: { name: NAME, organisation: '', purpose: 'Mesurer les délais' }, headers: HTML });
  t.is(`${corrected.status} ${corrected.headers['location']}`, `303 ${link}?done=corrected`);
  t.true((await page()).includes('Mesurer les délais'));
  t.true((await portal.mails(rennes.officer_email)).some((mail) => mail.subject.startsWith('Demande corrigée') && mail.text_body.includes(NAME)));

  const officer = (await portal.signInOfficer(rennes)).member;
  const decide = (input: object) => decideAccessRequest(portal.portal, officer, { request_id, decision: 'approve', ...input });
  t.like(await decide({ note: 'Bienvenue.' }), { state: 'awaiting_key', grant_id: null });
  t.is((await portal.owner_db.selectFrom('access_grant').select('grant_id').execute()).length, 0, 'agreed in principle is no grant');
  for (const text of ['D’accord sur le principe', 'Bienvenue.', 'Sans ordinateur associé, prend fin le']) t.true((await page()).replaceAll('&#39;', '’').replaceAll("'", '’').includes(text), text);
  t.is((await portal.call('POST', `${link}/correct`, { form: { name: 'X', organisation: '', purpose: 'Y' }, headers: HTML })).status, 409, 'what was agreed to stays as it was read');

  const anne = await portal.registerConsumer();
  const paste = (signed: string) => portal.call('POST', `${link}/key`, { form: { signed }, headers: HTML });
  t.is((await paste('{"key_sets": [')).status, 400);
  t.is((await paste('{"request": 1}')).status, 400);
  const wrong = await paste(pasted(s, anne, request_id, { purpose: 'Autre chose' }));
  t.is(wrong.status, 422);
  t.true(wrong.text.includes('pas une signature de cette demande-ci'));
  const spoilt = JSON.parse(pasted(s, anne, request_id, { purpose: 'Mesurer les délais' }));
  spoilt.request.signatures[0].signature = `A${spoilt.request.signatures[0].signature.slice(1)}`;
  t.is((await paste(JSON.stringify(spoilt))).status, 422);
  const attached = await paste(` ${pasted(s, anne, request_id, { purpose: 'Mesurer les délais' })}\n`);
  t.is(`${attached.status} ${attached.headers['location']}`, `303 ${link}?done=attached`);
  t.true((await page()).includes(anne.fingerprint.split(' ')[0] ?? '?'));

  await t.throwsAsync(decide({}), { message: /fingerprint/ });
  t.like(await decide({ fingerprint_confirmed: true }), { state: 'active' });
  t.true((await page()).includes('Accès ouvert jusqu'));
  t.is((await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants.length, 1);
  const subjects = (await portal.mails(EMAIL)).map((mail) => mail.subject.split(' ')[0]);
  t.deepEqual(subjects.toSorted(), ['Accord', 'Accès', 'Confirmez', 'Un', 'Votre'].toSorted(), 'a mail at each state');
  const dated = (await portal.mails(EMAIL)).filter((mail) => !mail.subject.startsWith('Confirmez'));
  t.true(dated.every((mail) => /Écrit le \d{1,2}(er)? \p{L}+ \d{4}, à propos de la demande du/u.test(mail.text_body) && mail.text_body.includes(link)));
});

test('the link of one request opens no other, and a wrong one looks like none', async (t) => {
  const s = await scene(t);
  const { portal } = s;
  await askOnPage(s, 'en');
  await confirmOnPage(s, 'en');
  const link = await linkOf(s);
  t.true(link.startsWith('/en/'), 'in the language in which one asked');
  t.is((await portal.call('GET', link, { headers: HTML })).status, 200);
  const other = link.replace(requestIdOf(link), portal.portal.newUuid());
  const guessed = link.replace(/[^/]+$/, 'A'.repeat(43));
  for (const wrong of [other, guessed, `${link}A`, link.replace(/follow\/[^/]+/, 'follow/x')]) {
    t.is((await portal.call('GET', wrong, { headers: HTML })).status, 404, wrong);
    for (const part of ['correct', 'withdraw', 'key', 'erase']) {
      const form: Record<string, string> = { correct: { name: 'X', organisation: '', purpose: 'Y' }, withdraw: {}, key: { signed: '{"key_sets":[],"request":{}}' }, erase: { erase: 'yes' } }[part] ?? {};
      t.is((await portal.call('POST', `${wrong}/${part}`, { form, headers: HTML })).status, 404, part);
    }
  }
  t.is((await portal.call('POST', `${link}/erase`, { form: { erase: 'yes' }, headers: { ...HTML, origin: 'https://evil.example' } })).status, 403, 'not from another site');
  t.is((await portal.call('POST', `${link}/erase`, { form: {}, headers: HTML })).status, 422, 'not without the tick');
  t.is((await portal.call('POST', `${link}/withdraw`, { form: {}, headers: HTML })).headers['location'], `${link}?done=withdrawn`);
  const after = await portal.call('GET', `${link}?done=withdrawn`, { headers: HTML });
  t.true(after.text.includes('The request is withdrawn.') && after.text.includes('Erased by itself on'));
  t.true((await portal.mails(EMAIL)).some((mail) => mail.subject.startsWith('Request withdrawn')));
  t.false(s.lines.some((line) => line.includes(link.split('/').at(-1) ?? '?')), 'the secret of the link is in no log');
});

test('an erasure leaves no byte of name, address, organisation or purpose in tables, outbox or log', async (t) => {
  const s = await scene(t);
  const { portal, rennes } = s;
  await askOnPage(s);
  await confirmOnPage(s);
  const link = await linkOf(s);
  const request_id = requestIdOf(link);
  // Somebody who had an account as well, and was answered.
  await portal.signIn(EMAIL);
  const officer = (await portal.signInOfficer(rennes)).member;
  await decideAccessRequest(portal.portal, officer, { request_id, decision: 'approve', note: `Bonjour ${NAME}` });
  t.true((await dumpDatabase(portal)).includes(NAME));
  t.is((await portal.call('POST', `${link}/erase`, { form: { erase: 'yes' }, headers: HTML })).status, 200);
  const left = await dumpDatabase(portal);
  for (const word of [NAME, EMAIL, ORGANISATION, PURPOSE.split('\n')[0] ?? '?', request_id]) {
    t.false(left.includes(word), word);
    t.false(s.lines.some((line) => line.includes(word)), `${word} in the log`);
  }
  t.true((await portal.mails(rennes.officer_email)).some((mail) => mail.subject.includes('a été effacée')), 'officers are told to erase their copies');
  t.is((await portal.call('GET', link, { headers: HTML })).status, 404);
  t.is((await portal.call('POST', `${link}/erase`, { form: { erase: 'yes' }, headers: HTML })).status, 404);
});

test('an erasure ends a live access at once, and keeps only what was granted to which key', async (t) => {
  const s = await scene(t);
  const { portal, rennes, dataset } = s;
  const { request_id, anne } = await askWithKey(s, 'Poste 12');
  const officer = (await portal.signInOfficer(rennes)).member;
  await decideAccessRequest(portal.portal, officer, { request_id, decision: 'approve', fingerprint_confirmed: true, note: `Pour ${NAME}` });
  const header = () => portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}/header`, { as: anne.identity_key });
  t.is((await header()).status, 200);
  const outcomes = await Promise.all([1, 2, 3].map(() => portal.call('POST', `/api/v1/access-requests/${request_id}/erasure`, { json: {}, as: anne.identity_key })));
  t.true(outcomes.every((answer) => answer.status === 200 || answer.status === 404), outcomes.map((answer) => answer.text).join());
  t.true(outcomes.some((answer) => answer.status === 200));
  t.is((await header()).json.reason, 'no_grant');
  const left = await dumpDatabase(portal);
  for (const word of [NAME, EMAIL, ORGANISATION, PURPOSE.split('\n')[0] ?? '?']) t.false(left.includes(word), word);
  t.is((await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants[0].state, 'revoked');
  t.is((await portal.owner_db.selectFrom('log_act').select('act_id').where('type', '=', 'revocation').execute()).length, 1);
});

test('an erasure ends a suspended access too, and no mail about the alarm keeps the name', async (t) => {
  const s = await scene(t);
  const { portal, rennes, dataset } = s;
  const { link, request_id, anne } = await askWithKey(s, 'Poste 12');
  const officer = (await portal.signInOfficer(rennes)).member;
  await decideAccessRequest(portal.portal, officer, { request_id, decision: 'approve', fingerprint_confirmed: true });
  const alarms = (await portal.mails(rennes.officer_email)).flatMap((mail) => /(\/fr\/officer\/alarm\/\S+)/.exec(mail.text_body)?.[1] ?? []);
  t.is((await portal.call('POST', alarms[0] ?? '', { form: {}, headers: HTML })).status, 200);
  const shown = (await portal.call('GET', link, { headers: HTML })).text;
  t.true(shown.includes('Le producteur a fermé l’accès') && !shown.includes('Effacée d’elle-même le'));
  t.true((await portal.mails(EMAIL)).some((mail) => mail.subject.startsWith('Accès suspendu')));
  t.is((await portal.call('POST', `${link}/erase`, { form: { erase: 'yes' }, headers: HTML })).status, 200);
  t.like(await portal.owner_db.selectFrom('access_grant').select(['state', 'suspended_at']).executeTakeFirstOrThrow(), { state: 'revoked', suspended_at: null });
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}/header`, { as: anne.identity_key })).json.reason, 'no_grant');
  const left = await dumpDatabase(portal);
  for (const word of [NAME, EMAIL, ORGANISATION]) t.false(left.includes(word), word);
});

test('a decision and an erasure at once leave neither a grant nor a name', async (t) => {
  const s = await scene(t);
  const { portal, rennes } = s;
  const officer = (await portal.signInOfficer(rennes)).member;
  for (let round = 0; round < 3; round += 1) {
    const { link, request_id, anne } = await askWithKey(s, `Poste ${round}`);
    const [, erased] = await Promise.allSettled([
      decideAccessRequest(portal.portal, officer, { request_id, decision: 'approve', fingerprint_confirmed: true }),
      portal.call('POST', `${link}/erase`, { form: { erase: 'yes' }, headers: HTML }),
    ]);
    t.is(erased.status === 'fulfilled' ? erased.value.status : 0, 200);
    const left = await dumpDatabase(portal);
    for (const word of [NAME, EMAIL]) t.false(left.includes(word), word);
    const grants = (await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants;
    t.true(grants.every((grant: { state: string }) => grant.state === 'revoked'));
  }
});

test('a request without its key ends by itself on the day that the page shows', async (t) => {
  const clock = createClock('2026-03-01T09:00:00Z');
  const s = await scene(t, clock);
  await askOnPage(s);
  await confirmAccessRequest(s.portal.portal, { token: (await confirmationOf(s.portal, EMAIL)).token });
  const link = await linkOf(s);
  const page = async () => (await s.portal.call('GET', link, { headers: HTML })).text;
  t.true((await page()).includes('28 août 2026'));
  clock.advance(180 * 86_400 + 1);
  t.like(await expireRequests(s.portal.portal), { requests: 1 });
  t.true((await page()).includes('Expirée'));
  t.true((await page()).includes('28 août 2027'), 'and says when it will be erased');
  clock.advance(364 * 86_400);
  t.is(await eraseOldRequests(s.portal.portal), 0);
  clock.advance(2 * 86_400);
  t.is(await eraseOldRequests(s.portal.portal), 1);
  t.is((await s.portal.call('GET', link, { headers: HTML })).status, 404);
  const left = await dumpDatabase(s.portal);
  for (const word of [NAME, EMAIL]) t.false(left.includes(word), word);
});

test('who attaches a key after the data changed is told to sign anew', async (t) => {
  const s = await scene(t);
  const { portal, rennes, dataset } = s;
  await askOnPage(s);
  await confirmOnPage(s);
  const link = await linkOf(s);
  const anne = await portal.registerConsumer();
  const signed = pasted(s, anne, requestIdOf(link));
  const header = { resource_id: dataset.resource_id, header: dataset.publication.body.headers[0].header };
  const next = makePublication(rennes, { dataset_id: dataset.dataset_id, version: 2, prev: dataset.publication.digest, access: 'restricted', resources: [dataset.resource], headers: [header] }, portal.portal.clock.now());
  const published = await send(portal, rennes, next);
  t.is(published.status, 201, published.text);
  const answer = await portal.call('POST', `${link}/key`, { form: { signed }, headers: HTML });
  t.is(answer.status, 409);
  t.true(answer.text.includes('ont changé depuis la signature'));
});
