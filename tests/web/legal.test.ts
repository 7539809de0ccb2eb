import test from 'ava';
import { testPortal } from '../support/portal.ts';

const legal = { name: 'Rennes <Métropole>', address: '4 avenue Henri-Fréville, 35200 Rennes', director: 'Odile Perrin', host: undefined, dpo_mail: 'dpo@rennes.example' };

test('the legal pages say what the operator has set, and plainly what is missing', async (t) => {
  const portal = await testPortal(t, { config: { legal } });
  const page = async (path: string) => (await portal.call('GET', path, { headers: { accept: 'text/html' } })).text;
  const notice = await page('/fr/legal/notice');
  for (const text of ['Rennes &lt;Métropole>', legal.address, legal.director, 'doit encore indiquer ici\u00a0: hébergeur.']) t.true(notice.includes(text), `${text}\n${notice}`);
  const privacy = await page('/en/legal/privacy');
  t.true(privacy.includes('href="mailto:dpo@rennes.example"'));
  t.false(privacy.includes('has yet to state'));
});

test('before anything is set, each page names all that is missing', async (t) => {
  const portal = await testPortal(t);
  const page = async (path: string) => (await portal.call('GET', path, { headers: { accept: 'text/html' } })).text;
  t.regex(await page('/en/legal/notice'), /has yet to state here: operator, and controller of personal data, address, director of publication, hosted by\./);
  t.regex(await page('/en/legal/privacy'), /has yet to state here: [^.]*data protection officer\./);
});
