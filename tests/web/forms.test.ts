import test from 'ava';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { attachRequestKey } from '../../portal/access/attach-request-key.ts';
import { axeViolations } from '../support/axe.ts';
import { launchChromium, requireChromium } from '../support/chromium.ts';
import { startTestPortal, type TestPortal, type TestProducer } from '../support/portal.ts';
import { testWith } from '../support/test-with.ts';
import { requestPayload, signRequestPayload } from '../portal/access/asking.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import { publishSealed, type SealedDataset } from '../portal/catalog/publishing.ts';

let portal: TestPortal;
let rennes: TestProducer;
let dataset: SealedDataset;
let browser: Browser | undefined;

test.before(async () => {
  browser = await launchChromium();
  if (browser === undefined) return;
  portal = await startTestPortal({ demo: true });
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  dataset = await publishSealed(portal, rennes, { title: 'Subventions aux associations' });
  await portal.logged();
});
test.after.always(async () => {
  await browser?.close();
  await portal?.close();
});

/** A browser without script, of somebody who reads French. */
async function newVisitor(): Promise<{ context: BrowserContext; page: Page }> {
  if (browser === undefined) throw new Error('no browser');
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR', baseURL: portal.origin });
  return { context, page: await context.newPage() };
}

/** Signs in through the pages, by the link in the demonstration's letter box. */
async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/fr/sign-in');
  await page.getByLabel('Votre adresse électronique').fill(email);
  await page.getByRole('button', { name: 'Recevoir le lien' }).click();
  await page.goto('/demo/mails');
  await page.locator('.mail', { hasText: email }).locator('a[href*="/sign-in/"]').first().click();
  await page.getByRole('button', { name: 'Me connecter' }).click();
}

testWith(requireChromium(), 'a person asks, an officer agrees in principle, compares the digits, approves and stops, without any script', async (t) => {
  t.timeout(180_000);
  const { context, page } = await newVisitor();

  // Asking, with a mistake first: nothing typed is lost.
  await page.goto(`/fr/datasets/${dataset.dataset_id}`);
  await page.getByRole('link', { name: 'Demander l’accès' }).click();
  await page.getByLabel('Votre nom').fill('Maëlle Citoyenne');
  await page.getByLabel('Votre adresse électronique').fill('maelle');
  await page.getByLabel('À quoi serviront ces données').fill('Étude des délais,\nà la demande de la Ville.');
  await page.getByRole('button', { name: 'Envoyer la demande' }).click();
  t.true((await page.title()).startsWith('Erreur'));
  const summary = page.getByRole('alert');
  t.is(await summary.getByRole('link').count(), 2);
  t.is(await page.getByLabel('Votre nom').inputValue(), 'Maëlle Citoyenne');
  t.is(await page.getByLabel('À quoi serviront ces données').inputValue(), 'Étude des délais,\nà la demande de la Ville.');
  t.is(await page.getByLabel('Votre adresse électronique').getAttribute('aria-invalid'), 'true');
  t.regex((await page.getByLabel('Votre adresse électronique').getAttribute('aria-describedby')) ?? '', /email-error/);
  await page.getByLabel('Votre adresse électronique').fill('maelle@exemple.example');
  await page.getByLabel('J’utiliserai ces données').check();
  await page.getByRole('button', { name: 'Envoyer la demande' }).click();
  t.is(await page.getByRole('heading', { level: 1 }).textContent(), 'Regardez vos courriels');

  // Confirming takes a button, because scanners open links.
  await page.getByRole('link', { name: 'Lire les courriels' }).last().click();
  await page.locator('a[href*="/access-requests/confirm/"]').first().click();
  const link = page.url();
  t.is((await portal.mails(rennes.officer_email)).filter((mail) => mail.subject.includes('Demande')).length, 0);
  await page.getByRole('button', { name: 'Confirmer ma demande' }).click();
  t.is(await page.getByRole('heading', { level: 1 }).textContent(), 'Demande confirmée');
  await page.goto(link);
  await page.getByRole('button', { name: 'Confirmer ma demande' }).click();
  t.is(await page.getByRole('heading', { level: 1 }).textContent(), 'Ce lien ne sert plus');

  // The officer agrees in principle: no computer is attached yet.
  const officer = await newVisitor();
  await signIn(officer.page, rennes.officer_email);
  t.is(new URL(officer.page.url()).pathname, '/fr/officer');
  await officer.page.getByRole('link', { name: 'Lire et décider la demande de Maëlle Citoyenne' }).click();
  t.true((await officer.page.textContent('main'))?.includes('Étude des délais,\nà la demande de la Ville.'));
  // Without script no passkey answers: the page says so and what to do; a demonstration has a button of its own.
  t.true((await officer.page.textContent('main'))?.includes('C’est le seul endroit du portail qui en a besoin'));
  await officer.page.getByRole('button', { name: 'Donner un accord de principe' }).click();
  t.true((await officer.page.getByRole('alert').textContent())?.includes('Avant votre première décision, enregistrez une passkey'));
  await officer.page.getByRole('button', { name: 'confirmer sans passkey' }).click();
  await officer.page.getByRole('button', { name: 'Refuser' }).click();
  t.is(await officer.page.getByRole('alert').getByRole('link').textContent(), 'Dites pourquoi vous refusez : la personne recevra ce texte.'.replace(' :', '\u00a0:'));
  await officer.page.getByRole('button', { name: 'Donner un accord de principe' }).click();
  t.is(new URL(officer.page.url()).search, '?done=in_principle');

  // The person follows the request and reads the lines that attach a computer.
  await signIn(page, 'maelle@exemple.example');
  t.is(new URL(page.url()).pathname, '/fr/me');
  const request_id = /sceau ask \S+ --request ([0-9a-f-]{36})/.exec((await page.textContent('main')) ?? '')?.[1] ?? '';
  t.regex(request_id, /^[0-9a-f-]{36}$/);
  const maelle = await portal.registerConsumer({ name: 'Portable de Maëlle' });
  const payload = requestPayload(portal, maelle, { dataset, producer: rennes, request_id, purpose: 'Étude des délais,\nà la demande de la Ville.' });
  await attachRequestKey(portal.portal, { kind: 'consumer', kid: maelle.identity_key.kid, consumer_id: maelle.consumer_id, role: 'identity' }, { request_id, request: signRequestPayload(payload, maelle.identity_key) });

  // The officer sees the digits of that very computer; without the box nothing happens.
  await officer.page.goto(`/fr/officer/requests/${request_id}`);
  t.is(await officer.page.locator('.fingerprint').textContent(), maelle.fingerprint);
  await officer.page.getByRole('button', { name: 'Approuver' }).click();
  t.true((await officer.page.title()).startsWith('Erreur'));
  await officer.page.getByLabel('J’ai comparé').check();
  await officer.page.getByRole('button', { name: 'Approuver' }).click();
  t.is(new URL(officer.page.url()).search, '?done=approved');

  const { broker, close } = await testBroker(portal);
  await releaseAll(portal, broker);
  await close();
  await page.goto('/fr/me');
  t.true((await page.textContent('main'))?.includes(`sceau open ${dataset.dataset_id} -o`));

  // Stopping asks once more, needs a reason, and is over at once.
  await officer.page.getByRole('link', { name: 'Arrêter l’accès de Maëlle Citoyenne' }).click();
  await officer.page.getByRole('button', { name: 'Oui, arrêter l’accès' }).click();
  t.true((await officer.page.title()).startsWith('Erreur'));
  await officer.page.getByLabel('Motif').fill('Fin de l’étude');
  await officer.page.getByRole('button', { name: 'Oui, arrêter l’accès' }).click();
  t.true((await officer.page.textContent('main'))?.includes('L’accès est arrêté'));
  await page.reload();
  t.true((await page.textContent('main'))?.includes('Arrêté par le producteur'));
  await Promise.all([context.close(), officer.context.close()]);
});

testWith(requireChromium(), 'an operator invites, reads the code once, compares and confirms, without any script', async (t) => {
  t.timeout(180_000);
  const { context, page } = await newVisitor();
  await portal.signInOperator();
  await signIn(page, 'operatrice@portail.example');
  t.is(new URL(page.url()).pathname, '/fr/operator');
  await page.getByRole('button', { name: 'Inviter' }).click();
  t.true((await page.getByRole('alert').textContent())?.includes('Confirmez d’abord que c’est vous'));
  await page.getByRole('button', { name: 'confirmer sans passkey' }).click();
  await page.getByRole('button', { name: 'Inviter' }).click();
  t.is(await page.getByRole('alert').getByRole('link').count(), 1);
  await page.getByLabel('Nom de l’organisation').fill('Commune de Bruz');
  await page.getByLabel('Nom de l’agent').fill('Annick Le Roux');
  await page.getByLabel('Son adresse électronique').fill('agent@bruz.example');
  await page.getByRole('button', { name: 'Inviter' }).click();
  t.is(await page.getByRole('heading', { level: 1 }).textContent(), 'Code pour Commune de Bruz');
  t.regex((await page.locator('.one-time-code').textContent()) ?? '', /^[0-9A-Z-]{12,}$/);

  const bruz = await portal.enrolProducer({ name: 'Ville de Bruz', confirm: false });
  await page.goto('/fr/operator');
  const waiting = page.locator('.compare', { hasText: 'Ville de Bruz' });
  t.is(await waiting.locator('.fingerprint').textContent(), bruz.fingerprint);
  await waiting.getByRole('button', { name: 'Confirmer ce producteur' }).click();
  t.true((await page.title()).startsWith('Erreur'));
  await waiting.getByLabel('J’ai comparé').check();
  await waiting.getByRole('button', { name: 'Confirmer ce producteur' }).click();
  t.true((await page.textContent('main'))?.includes('Producteur confirmé'));
  await page.goto('/fr/producers');
  t.true((await page.textContent('main'))?.includes('Ville de Bruz'));
  await context.close();
});

testWith(requireChromium(), 'the keyboard alone leads from the search field to the request', async (t) => {
  t.timeout(120_000);
  const { context, page } = await newVisitor();
  const tabTo = async (name: string) => {
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      const text = await page.locator(':focus').first().innerText({ timeout: 2000 }).catch(() => '');
      if (text.includes(name)) return;
    }
    t.fail(`the keyboard does not reach ${name}`);
  };
  await page.goto('/fr/');
  await page.keyboard.press('Tab');
  t.is(await page.locator(':focus').innerText(), 'Aller au contenu');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  t.is(await page.locator(':focus').getAttribute('name'), 'q');
  await page.keyboard.type('subventions');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/fr\/datasets\?q=subventions/);
  await tabTo('Subventions aux associations');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/fr/datasets/${dataset.dataset_id}`);
  await tabTo('Demander l’accès');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/request-access');
  t.regex((await page.getByRole('heading', { level: 1 }).textContent()) ?? '', /Subventions aux associations/);
  await context.close();
});

testWith(requireChromium(), 'the live pages have no fault that axe knows', async (t) => {
  t.timeout(120_000);
  if (browser === undefined) return t.fail();
  const context = await browser.newContext({ baseURL: portal.origin, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  for (const path of ['/fr/', '/en/datasets', `/fr/datasets/${dataset.dataset_id}`, `/en/datasets/${dataset.dataset_id}/request-access`, '/fr/producers', '/en/verify']) {
    await page.goto(path);
    t.deepEqual(await axeViolations(page), [], path);
  }
  await context.close();
});
