import test, { type ExecutionContext } from 'ava';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { attachRequestKey } from '../../portal/access/attach-request-key.ts';
import { publishSealed, type SealedDataset } from '../portal/catalog/publishing.ts';
import { requestPayload, signRequestPayload } from '../portal/access/asking.ts';
import { axeViolations } from '../support/axe.ts';
import { launchChromium, requireChromium } from '../support/chromium.ts';
import { createClock } from '../support/clock.ts';
import { startTestPortal, type TestPortal, type TestProducer } from '../support/portal.ts';
import { testWith } from '../support/test-with.ts';

const clock = createClock();
let portal: TestPortal;
let rennes: TestProducer;
let dataset: SealedDataset;
let browser: Browser | undefined;

test.before(async () => {
  browser = await launchChromium();
  if (browser === undefined) return;
  portal = await startTestPortal({ clock, host: 'localhost' });
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  dataset = await publishSealed(portal, rennes, { title: 'Subventions aux associations' });
});
test.after.always(async () => {
  await browser?.close();
  await portal?.close();
});

interface Officer {
  page: Page;
  devtools: CDPSession;
  authenticator: string;
}

/** A browser with an authenticator of its own, signed in by mail as this person. */
async function signedIn(t: ExecutionContext, email: string): Promise<Officer> {
  if (browser === undefined) throw new Error('no browser');
  const context = await browser.newContext({ locale: 'fr-FR', baseURL: portal.origin });
  t.teardown(() => context.close());
  const session = await portal.signIn(email);
  const [name = '', value = ''] = session.cookie.split('=');
  await context.addCookies([{ name, value, url: portal.origin }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  return { page, devtools, authenticator: await plugIn(devtools) };
}

async function plugIn(devtools: CDPSession, o: { verifies?: boolean } = {}): Promise<string> {
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: o.verifies ?? true, automaticPresenceSimulation: true } as const;
  return (await devtools.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
}

/** A request with a computer attached, ready to be decided. */
async function requestOf(email: string): Promise<{ request_id: string; fingerprint: string }> {
  const session = await portal.signIn(email);
  const form = { name: 'Anne', email, organisation: '', purpose: 'Étudier.', conditions: 'yes', website: '' };
  await portal.call('POST', `/fr/datasets/${dataset.dataset_id}/request-access`, { form, session });
  const { request_id } = await portal.portal.db.selectFrom('access_request').select('request_id').where('contact_email', '=', email).executeTakeFirstOrThrow();
  const anne = await portal.registerConsumer();
  const payload = requestPayload(portal, anne, { dataset, producer: rennes, request_id, purpose: 'Étudier.' });
  await attachRequestKey(portal.portal, { kind: 'consumer', kid: anne.identity_key.kid, consumer_id: anne.consumer_id, role: 'identity' }, { request_id, request: signRequestPayload(payload, anne.identity_key) });
  return { request_id, fingerprint: anne.fingerprint };
}

async function registerOnPage(page: Page, name: string): Promise<void> {
  await page.getByLabel('Son nom').fill(name);
  await page.getByRole('button', { name: 'Enregistrer cet appareil' }).click();
  await page.getByText('Passkey enregistrée.').waitFor();
}

const stateOf = async (request_id: string) => (await portal.portal.db.selectFrom('access_request').select('state').where('request_id', '=', request_id).executeTakeFirstOrThrow()).state;

testWith(requireChromium(), 'an officer registers a passkey, comes back to the request and decides; later the device is asked again, in the same click', async (t) => {
  t.timeout(120_000);
  const { page } = await signedIn(t, rennes.officer_email);
  const first = await requestOf('anne@labo.example');
  await page.goto(`/fr/officer/requests/${first.request_id}`);
  t.deepEqual(await axeViolations(page), []);
  await page.getByRole('link', { name: 'Enregistrer une passkey' }).click();
  t.deepEqual(await axeViolations(page), []);
  await registerOnPage(page, 'Téléphone de service');
  await page.getByRole('link', { name: 'Reprendre où vous en étiez' }).click();
  t.is(new URL(page.url()).pathname, `/fr/officer/requests/${first.request_id}`);
  await page.getByLabel('J’ai comparé').check();
  await page.getByRole('button', { name: 'Approuver' }).click();
  await page.getByText('Accès accordé.').waitFor();
  t.is(await stateOf(first.request_id), 'active');

  clock.advance(6 * 60);
  const second = await requestOf('bob@labo.example');
  await page.goto(`/fr/officer/requests/${second.request_id}`);
  t.true((await page.textContent('main'))?.includes('Au moment de décider, votre appareil demandera'));
  await page.getByLabel('Votre réponse à la personne').fill('Hors convention.');
  // By keyboard alone.
  await page.getByRole('button', { name: 'Refuser' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Demande refusée.').waitFor();
  t.is(await stateOf(second.request_id), 'refused');
}, { serial: true });

testWith(requireChromium(), 'a device that does not verify its owner changes nothing, says so aloud, and loses nothing that was typed', async (t) => {
  t.timeout(120_000);
  const { page, devtools, authenticator } = await signedIn(t, (await portal.enrolProducer()).officer_email);
  await page.goto('/fr/me/passkeys');
  await registerOnPage(page, 'Ordinateur');
  clock.advance(6 * 60);
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false });
  await page.goto('/fr/me/passkeys');
  await page.getByRole('button', { name: 'Confirmer que c’est vous' }).click();
  await page.getByRole('alert').getByText('Votre appareil n’a pas confirmé').waitFor();
  t.deepEqual(await axeViolations(page), []);
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true });
  await page.getByRole('button', { name: 'Confirmer que c’est vous' }).click();
  await page.getByText('C’est confirmé, pour cinq minutes.').waitFor();

  // A second device, then the first is removed.
  await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: authenticator });
  await plugIn(devtools);
  await registerOnPage(page, 'Clé de sécurité');
  await page.getByRole('button', { name: 'Retirer la passkey Ordinateur' }).click();
  await page.getByText('Passkey retirée.').waitFor();
  t.deepEqual(await page.locator('.entry h3').allTextContents(), ['Clé de sécurité']);
}, { serial: true });

testWith(requireChromium(), 'a copied authenticator is refused in the words of the page, and the form keeps what was typed', async (t) => {
  t.timeout(120_000);
  const producer = await portal.enrolProducer();
  const { page, devtools, authenticator } = await signedIn(t, producer.officer_email);
  await page.goto('/fr/me/passkeys');
  await registerOnPage(page, 'Ordinateur');
  clock.advance(6 * 60);
  // The owner of the original has used it a hundred times meanwhile.
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId: authenticator });
  const credential_id = Buffer.from(credentials[0]?.credentialId ?? '', 'base64').toString('base64url');
  await portal.portal.db.updateTable('passkey').set({ counter: 100 }).where('credential_id', '=', credential_id).execute();
  await page.goto('/fr/me/passkeys');
  await page.getByRole('button', { name: 'Confirmer que c’est vous' }).click();
  await page.getByRole('alert').getByText('Cette passkey se comporte comme une copie').waitFor();
  t.true((await portal.mails(producer.officer_email)).some(({ subject }) => subject.startsWith('Une passkey a été refusée')));
}, { serial: true });

testWith(requireChromium(), 'a passkey signs in without a mail, and without one the page says what to do', async (t) => {
  t.timeout(120_000);
  const { page } = await signedIn(t, rennes.officer_email);
  const stranger = await signedIn(t, (await portal.enrolProducer()).officer_email);
  await stranger.page.goto('/fr/me/passkeys');
  await registerOnPage(stranger.page, 'Ordinateur');
  await stranger.page.context().clearCookies();
  await stranger.page.goto('/fr/sign-in');
  t.deepEqual(await axeViolations(stranger.page), []);
  await stranger.page.getByRole('button', { name: 'Se connecter avec une passkey' }).click();
  await stranger.page.waitForURL('**/fr/officer');
  const mails = await portal.mails(rennes.officer_email);

  await page.context().clearCookies();
  await page.goto('/fr/sign-in');
  await page.getByRole('button', { name: 'Se connecter avec une passkey' }).click();
  await page.getByRole('alert').getByText('Votre appareil n’a pas confirmé').waitFor();
  t.is((await portal.mails(rennes.officer_email)).length, mails.length);
}, { serial: true });
