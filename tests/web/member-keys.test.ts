import test from 'ava';
import { deliveryFingerprint } from '#crypto';
import { testPortal } from '../support/portal.ts';
import { ask, confirmationOf } from '../portal/access/asking.ts';
import { publishSealed } from '../portal/catalog/publishing.ts';

test('a person sees the keys that receive what they are granted, and nobody else does', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const dataset = await publishSealed(portal, rennes);
  const anne = await portal.registerConsumer({ name: 'Portable d’Anne' });
  const asked = await ask(portal, anne, { dataset, producer: rennes, email: 'anne@labo.example' });
  const digits = deliveryFingerprint({ form: 'age', key: anne.delivery.recipient });
  const page = async (email: string, lang: string): Promise<string> => (await portal.call('GET', `/${lang}/me`, { session: await portal.signIn(email) })).text.replaceAll(/<[^>]*>/g, '');
  t.false((await page('anne@labo.example', 'fr')).includes(digits), 'an address that is not confirmed is nobody’s');
  const { code } = await confirmationOf(portal, 'anne@labo.example');
  t.is((await portal.call('POST', `/api/v1/access-requests/${asked.json.request_id}/confirmation`, { json: { code }, as: anne.identity_key })).status, 200);
  const french = await page('anne@labo.example', 'fr');
  t.true(french.includes('Vos ordinateurs et vos logiciels'));
  t.true(french.includes(digits));
  t.true((await page('anne@labo.example', 'en')).includes('computer or printed backup'));
  t.false((await page('bob@labo.example', 'en')).includes(digits));
});
