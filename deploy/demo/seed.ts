import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DemoDataset, demoDatasets, writeDemoFiles } from './demo-datasets.ts';
import { type Federation, NODE_NAMES, type NodeName } from './federation.ts';

/** The people of the demonstration: who signs in as what. */
export const DEMO_PEOPLE = {
  operator: { email: 'operation@demonstration.example', name: 'Camille Operation' },
  metropole: { email: 'agent@metropole.example', name: 'Dominique Agent', producer: 'Rennes Métropole (démonstration)' },
  mobilites: { email: 'agent@mobilites.example', name: 'Claude Agent', producer: 'Mobilités rennaises (démonstration)' },
  citizen: { email: 'citoyenne@exemple.example', name: 'Maëlle Citoyenne' },
} as const;

const INVITED = { metropole: 'metropole-code', mobilites: 'mobilites-code' } as const;

/**
 * Fills a federation through its command lines only: operator, two producers, their datasets. Each step is skipped when it
 * was done before, so an interrupted seed is simply run again.
 */
export async function seedFederation(federation: Federation, options: { large_bytes: number; datasets?: (one: DemoDataset) => boolean; say: (line: string) => void }): Promise<void> {
  const done = new StepsDone(path.join(federation.state_dir, 'seed.json'));
  const step = async (name: string, line: string, act: () => Promise<void>) => {
    if (await done.has(name)) return;
    const began = Date.now();
    await act();
    await done.add(name);
    options.say(`${line} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  };

  await step('operator', `operator ${DEMO_PEOPLE.operator.email} created`, async () => {
    await federation.run('portal', 'sceau-portal', ['create-operator', '--email', DEMO_PEOPLE.operator.email, '--name', DEMO_PEOPLE.operator.name]);
  });
  await Promise.all(NODE_NAMES.map((node) => step(`enrol-${node}`, `${DEMO_PEOPLE[node].producer} invited, its node enrolled, fingerprints compared`, () => enrolNode(federation, node))));

  const all = demoDatasets(options.large_bytes).filter(options.datasets ?? (() => true));
  await Promise.all(
    NODE_NAMES.map(async (node) => {
      for (const one of all.filter((dataset) => dataset.producer === node)) {
        await step(`publish-${one.file}`, `${one.access === 'open' ? 'open  ' : 'sealed'} ${one.title}`, () => publishDataset(federation, node, one));
      }
    }),
  );
}

/** Tells the enrolled nodes the portal's address when it is not the one of the last start: they follow it because its keys are the same. */
export async function followPortal(federation: Federation, say: (line: string) => void): Promise<void> {
  if (federation.moved_from === undefined) return;
  const done = new StepsDone(path.join(federation.state_dir, 'seed.json'));
  await Promise.all(
    NODE_NAMES.map(async (node) => {
      if (await done.has(`enrol-${node}`)) await federation.run(node, 'sceau-node', ['enrol', '--portal', federation.origin, '--wait', '0', '--json']);
    }),
  );
  await federation.settleOrigin();
  say(`the nodes follow the portal from ${federation.moved_from} to ${federation.origin}`);
}

async function enrolNode(federation: Federation, node: NodeName): Promise<void> {
  const person = DEMO_PEOPLE[node];
  const invitation = readJson(await federation.run('portal', 'sceau-portal', ['invite-producer', '--name', person.producer, '--officer-email', person.email, '--officer-name', person.name, '--json']));
  await federation.run(node, 'sceau-node', ['init', '--name', person.producer, '--json']);
  const codeFile = path.join(federation.state_dir, INVITED[node]);
  await writeFile(codeFile, String(invitation['code']), { mode: 0o600 });
  const shown = readJson(await federation.run(node, 'sceau-node', ['enrol', '--portal', federation.origin, '--code-file', codeFile, '--wait', '0', '--json']));
  const confirmed = readJson(await federation.run('portal', 'sceau-portal', ['confirm-node', '--fingerprint', String(shown['fingerprint']), '--json']));
  await federation.run(node, 'sceau-node', ['enrol', '--portal', federation.origin, '--fingerprint', String(confirmed['fingerprint']), '--wait', '20', '--json']);
  await rm(codeFile);
}

async function publishDataset(federation: Federation, node: NodeName, one: DemoDataset): Promise<void> {
  const folder = path.join(federation.state_dir, 'files', node);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, one.file);
  if ((await stat(file).catch(() => undefined)) === undefined) await writeDemoFiles([one], folder);
  const contact = DEMO_PEOPLE[node];
  await federation.run(node, 'sceau-node', [
    'publish', file, '--title', one.title, '--synopsis', one.synopsis, '--summary', one.summary, '--theme', one.theme, '--keyword', one.keywords.join(','), '--licence', one.licence,
    '--access', one.access, ...(one.custody === undefined ? [] : ['--custody', one.custody]), '--contact-name', contact.name, '--contact-email', contact.email, '--yes', '--json',
  ]);
}

/** The last line of a command's JSON answer, as an object. */
export function readJson(result: { stdout: string }): Record<string, unknown> {
  const value: unknown = JSON.parse(result.stdout);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('the command did not answer with a JSON object');
  return Object.fromEntries(Object.entries(value));
}

/** The names of the steps already done, in a file; written one at a time. */
class StepsDone {
  readonly file: string;
  private pending: Promise<void> = Promise.resolve();
  constructor(file: string) {
    this.file = file;
  }
  async has(name: string): Promise<boolean> {
    return (await this.read()).includes(name);
  }
  add(name: string): Promise<void> {
    this.pending = this.pending.then(async () => {
      // Whole or not at all: a start may be ended at any moment.
      await writeFile(`${this.file}.new`, JSON.stringify([...(await this.read()), name]));
      await rename(`${this.file}.new`, this.file);
    });
    return this.pending;
  }
  private async read(): Promise<string[]> {
    const text = await readFile(this.file, 'utf8').catch(() => '[]');
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  }
}
