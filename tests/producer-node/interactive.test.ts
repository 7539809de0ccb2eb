import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { testPortal } from '../support/portal.ts';
import { enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';
import { onTerminal } from './on-terminal.ts';

test('on a terminal the node asks in plain words, shows the card, and publishes only after a yes', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-terminal-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'stations-velo.csv');
  await writeFile(file, 'nom;places\nGare;20\nSud;3\n');
  const questions: [RegExp, string][] = [
    [/Title \[Stations velo\]/, ''],
    [/Describe the data/, 'Every bicycle station.'],
    [/Theme[\s\S]*Number/, '99'],
    [/Answer with a number from 1 to 14\.[\s\S]*Number/, 'transportation'],
    [/Who can open it\?[\s\S]*1 {2}everyone[\s\S]*2 {2}whom we approve, the portal helps[\s\S]*Number/, '2'],
    [/Licence[\s\S]*Number/, ''],
    [/Mail address/, 'velo@rennes.example'],
  ];
  const refused = await onTerminal(node, ['publish', file], [...questions, [/Publish this\?/, 'n']]);
  t.is(refused.code, 1, refused.stderr);
  t.regex(refused.stdout, /Who can open it\s+whom we approve, the portal helps/);
  t.regex(refused.stdout, /Files\s+stations-velo\.csv {2}CSV · 25 B\n/);
  t.regex(refused.stdout, /Read here only\s+stations-velo\.csv {2}CSV · 2 rows · UTF-8 · “;”/);
  t.is((await portal.call('GET', '/api/v1/datasets')).json.total, 0);
  t.false(/manifest|epoch|custody/.test(refused.stdout + refused.stderr), 'no words of the workshop');

  const published = await onTerminal(node, ['publish', file], [...questions, [/Publish this\?/, 'y']]);
  t.is(published.code, 0, published.stderr);
  t.regex(published.stdout, /Published: “Stations velo”, version 1\./);
  t.is((await portal.call('GET', '/api/v1/datasets')).json.datasets[0].licence, 'etalab-2.0');
});

test('two people who see different digits end the enrolment', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  t.is((await node.json(['init', '--name', 'Ville de Rennes'])).code, 0);
  const { code } = await portal.invite();
  const differ = await onTerminal(node, ['enrol', '--portal', portal.origin], [
    [/One-time code/, code],
    [/exactly the same digits/, 'n'],
  ]);
  t.is(differ.code, 1);
  t.regex(differ.stdout, /Fingerprint: (\d{5} ){5}\d{5}/);
  t.is((await node.json(['status'])).json.producers[0].enrolment.state, 'none');
});
