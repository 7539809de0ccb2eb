import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { generateDeliveryJwk } from '#crypto';
import { approve, confirmationOf, PURPOSE } from '../portal/access/asking.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import { publishSealed } from '../portal/catalog/publishing.ts';
import { testPortal, type TestPortal } from '../support/portal.ts';
import { at, runSceau, temporaryFolder, textAt } from './run-sceau.ts';

const EMAIL = 'yann.lebihan@labo.example';
const HTML = { accept: 'text/html' };

/** Asks on the page and confirms by the mail, as somebody without account and key; gives the path of the request's page. */
async function askOnPage(portal: TestPortal, dataset_id: string): Promise<{ link: string; request_id: string }> {
  const form = { name: 'Yann Le Bihan', email: EMAIL, organisation: '', purpose: PURPOSE, conditions: 'yes', website: '' };
  await portal.call('POST', `/fr/datasets/${dataset_id}/request-access`, { form });
  const { token } = await confirmationOf(portal, EMAIL);
  const confirmed = await portal.call('POST', `/fr/access-requests/confirm/${token}`, { form: {} });
  const [link, request_id] = /\/fr\/access-requests\/follow\/([0-9a-f-]{36})\/[\w-]+/.exec(confirmed.text) ?? [];
  if (link === undefined || request_id === undefined) throw new Error(confirmed.text);
  return { link, request_id };
}

test('a request made on the page gets its key by what sceau prints, opens, and is withdrawn and erased from the command line', async (t) => {
  t.timeout(120_000);
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const sceau = (args: string[]) => runSceau(args, { env, cwd: folder });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const plaintext = Buffer.from('ligne\n');
  const dataset = await publishSealed(portal, rennes, { plaintext });
  await portal.logged();
  t.is((await sceau(['keygen', '--name', 'Poste 12'])).status, 0);
  // A key of another program has shown that it opens: what is printed later carries it without asking again.
  await writeFile(join(folder, 'key.jwk'), generateDeliveryJwk('P-256'));
  t.is((await sceau(['keys', 'add', '--jwk', 'key.jwk'])).status, 0);

  const asked = await askOnPage(portal, dataset.dataset_id);
  const printed = await sceau(['ask', dataset.dataset_id, '--request', asked.request_id, '--print']);
  t.is(printed.status, 0, printed.stderr);
  t.deepEqual(Object.keys(printed.json as object), ['key_sets', 'request'], 'standard output is the text to paste, and nothing else');
  t.is(at(printed, 'key_sets', 'length'), 2);
  const digits = /(\d{5} ){5}\d{5}/.exec(printed.stderr)?.[0] ?? '?';
  t.is((await portal.call('POST', `${asked.link}/key`, { form: { signed: printed.stdout }, headers: HTML })).status, 303);
  t.true((await portal.call('GET', asked.link, { headers: HTML })).text.includes(digits.slice(0, 5)), 'the page shows the digits that the computer showed');

  await approve(portal, rennes, asked.request_id);
  await releaseAll(portal, broker);
  const opened = await sceau(['open', dataset.dataset_id, '-o', 'opened.csv']);
  t.is(opened.status, 0, opened.stderr);

  const other = await publishSealed(portal, rennes, { plaintext, title: 'Autres données' });
  await portal.logged();
  const second = await askOnPage(portal, other.dataset_id);
  t.is((await sceau(['ask', '--request', second.request_id])).status, 0);
  const withdrawn = await sceau(['requests', '--withdraw', second.request_id]);
  t.is(withdrawn.status, 0, withdrawn.stderr);
  t.true(withdrawn.stdout.includes(second.request_id));
  t.deepEqual((await sceau(['requests', '--erase', second.request_id, '--json'])).json, { request_id: second.request_id, erased: true });
  t.not((await sceau(['requests', '--erase', second.request_id])).status, 0, 'it is gone');
  t.not((await sceau(['requests', '--erase', asked.request_id, '--withdraw', asked.request_id])).status, 0, 'one or the other');
  t.deepEqual(textAt(await sceau(['requests', '--json']), 'access_requests', 0, 'request_id'), asked.request_id);

  t.is((await sceau(['requests', '--erase', asked.request_id])).status, 0);
  const late = await sceau(['open', dataset.dataset_id, '-o', 'late.csv']);
  t.is(late.status, 3, late.stderr);
});
