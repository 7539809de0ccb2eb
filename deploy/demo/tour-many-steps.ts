import { DEMO_PEOPLE, readJson } from './seed.ts';
import { api, check, type Journey, type TourStep } from './tour-journey.ts';
import { signIn } from './web-visitor.ts';

/** What only a federation of several processes can show: each step comes before the one of the main path that it names. */
export const MANY_STEPS: readonly (readonly [before: string, ...TourStep])[] = [
  ['approveRequest', 'one portal of two is killed: the other one goes on, and the person stays signed in', killOnePortal],
  ['publishSecondVersion', 'the killed portal is back, and both answer in turn', bringPortalBack],
  ['revokeGrant', 'the nodes restart and know everything they knew', restartNodes],
];

async function killOnePortal(journey: Journey): Promise<string> {
  const { federation } = journey;
  journey.officer = await signIn(federation.origin, DEMO_PEOPLE.metropole.email);
  const [, before = 0] = federation.answered();
  await federation.killPortal(0);
  for (let turn = 0; turn < 4; turn += 1) {
    const page = await journey.officer.get('/fr/officer');
    check(page.status === 200 && !page.url.includes('sign-in'), `with one portal away the officer's page was answered with ${page.status}, at ${page.url}`);
  }
  const [, after = 0] = federation.answered();
  check(after >= before + 4, 'the portal that is left did not answer');
  return `portal 1 killed; portal 2 answered ${after - before} requests of a session begun before`;
}

async function bringPortalBack(journey: Journey): Promise<string> {
  const { federation } = journey;
  await federation.startPortal();
  const before = federation.answered();
  for (let turn = 0; turn < 4; turn += 1) await api(journey, '/api/v1/datasets');
  const grown = federation.answered().map((count, index) => count - (before[index] ?? 0));
  check(grown.length === 2 && grown.every((count) => count > 0), `requests did not alternate: ${grown.join(' and ')}`);
  return `${grown.join(' and ')} requests, the same catalogue`;
}

async function restartNodes(journey: Journey): Promise<string> {
  const { federation } = journey;
  const known = async () => {
    const status = readJson(await federation.run('metropole', 'sceau-node', ['status', '--json']));
    const [producer] = Array.isArray(status['producers']) ? status['producers'] : [];
    return JSON.stringify([producer.producer_id, producer.datasets.map((one: { dataset_id: string; version: number }) => [one.dataset_id, one.version])]);
  };
  const before = await known();
  await federation.stopNodes();
  federation.startNodes();
  check((await known()) === before, 'the node knows other versions after its restart');
  return 'the same producer, the same versions';
}
