import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DEMO_PEOPLE, readJson } from './seed.ts';
import { api, check, type Journey, type TourStep } from './tour-journey.ts';
import { createVisitor, linkInMails, signIn, unescapeHtml } from './web-visitor.ts';

/** The file of the tour whose key only its producer holds. */
export const HELD_FILE = 'consommation-eau-quartiers.csv';

/** The steps about data whose key only the producer holds; they come before the last ones of the main path. */
export const CUSTODY_STEPS: readonly TourStep[] = [
  ['where only the producer holds the key, the officer\'s click is a proposal and opens nothing', proposeHeld],
  ['the node verifies the request, takes only the digits that the person reads out, and grants', approveHeld],
  ['the consumer opens the file; the broker never had its key', openHeld],
  ['the node revokes: nothing more is given', revokeHeld],
];

async function proposeHeld(journey: Journey): Promise<string> {
  const { federation, consumer } = journey;
  const found = await api(journey, '/api/v1/datasets?q=eau%20potable&access=restricted');
  const [dataset] = Array.isArray(found['datasets']) ? found['datasets'] : [];
  check(dataset?.custody === 'producer', `expected a dataset in custody producer, got ${JSON.stringify(dataset)}`);
  journey.held_id = String(dataset.dataset_id);
  const asked = readJson(
    await federation.run(consumer, 'sceau', ['ask', journey.held_id, '--purpose', 'Étude de la ressource', '--name', DEMO_PEOPLE.citizen.name, '--email', DEMO_PEOPLE.citizen.email, '--json', '--no-wait']),
  );
  journey.held_request = String(asked['request_id']);
  const visitor = createVisitor(federation.origin);
  await visitor.submit(await visitor.get(await linkInMails(visitor, '/access-requests/confirm/')), 'confirm', {});
  const officer = journey.officer ?? (await signIn(federation.origin, DEMO_PEOPLE.metropole.email));
  const page = await officer.get(`/fr/officer/requests/${journey.held_request}`);
  check(unescapeHtml(page.html).includes('Rien ne s’ouvre tant que votre nœud'), 'the page does not say that the click is a proposal');
  const clicked = await officer.submit(page, `requests/${journey.held_request}`, { ends_on: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10), note: '' }, 'decision=approve');
  check(clicked.status < 400, `the proposal was answered with ${clicked.status}`);
  const refused = await federation.run(consumer, 'sceau', ['get', journey.held_id, '-o', path.join(journey.folder, 'proposed.csv')], { may_fail: true });
  check(refused.status === 3, `after a proposal expected exit code 3, got ${refused.status}`);
  return 'proposed on the page; header and key are refused as before';
}

async function approveHeld(journey: Journey): Promise<string> {
  const { federation, consumer } = journey;
  const request = journey.held_request ?? '';
  const listed = readJson(await federation.run('metropole', 'sceau-node', ['requests', '--json']));
  const one = (Array.isArray(listed['access_requests']) ? listed['access_requests'] : []).find((candidate: { request_id: string }) => candidate.request_id === request);
  check(one?.verified === true && one.proposal?.decision === 'approve', `the node does not show the verified request with its proposal: ${JSON.stringify(one)}`);
  const unseen = await federation.run('metropole', 'sceau-node', ['approve', request, '--yes', '--json'], { may_fail: true });
  check(unseen.status === 1, 'the node granted without compared digits');
  const digits = String(readJson(await federation.run(consumer, 'sceau', ['requests', '--json']))['fingerprint']);
  const granted = readJson(await federation.run('metropole', 'sceau-node', ['approve', request, '--yes', '--until', '30', '--fingerprint', digits, '--json']));
  check(granted['state'] === 'granted', `expected a grant, got ${JSON.stringify(granted)}`);
  journey.held_grant = String(granted['grant_id']);
  return `digits ${digits} compared at the node; grant and key package signed and sealed there`;
}

async function openHeld(journey: Journey): Promise<string> {
  const out = path.join(journey.folder, 'held.csv');
  await journey.federation.run(journey.consumer, 'sceau', ['open', journey.held_id ?? '', '-o', out]);
  const [got, source] = await Promise.all([readFile(out), readFile(path.join(journey.federation.state_dir, 'files', 'metropole', HELD_FILE))]);
  check(got.equals(source), 'the opened file differs from the published one');
  return `${got.length} bytes, identical`;
}

async function revokeHeld(journey: Journey): Promise<string> {
  await journey.federation.run('metropole', 'sceau-node', ['revoke', journey.held_grant ?? '', '--reason', 'End of the study', '--yes']);
  const refused = await journey.federation.run(journey.consumer, 'sceau', ['get', journey.held_id ?? '', '-o', path.join(journey.folder, 'held-late.csv')], { may_fail: true });
  check(refused.status === 3, `after the revocation expected exit code 3, got ${refused.status}: ${refused.stderr}`);
  return 'refused with exit code 3';
}
