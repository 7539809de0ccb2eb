import type { ExecutionContext } from 'ava';
import { confirmEnrolment } from '../../portal/parties/confirm-enrolment.ts';
import type { TestPortal } from '../support/portal.ts';
import type { TestNode } from './node-process.ts';

/** Makes a producer on a node and enrols it at the portal, all through the command line but for the operator's confirmation. */
export async function enrolledProducer(t: ExecutionContext, node: TestNode, portal: TestPortal, wanted = 'Ville de Rennes'): Promise<{ producer_id: string; fingerprint: string; officer_email: string }> {
  // Two active producers of one name are refused: a further one of a shared portal is told apart.
  const names = namesOf.get(portal) ?? new Set<string>();
  const name = names.has(wanted) ? `${wanted} ${names.size + 1}` : wanted;
  namesOf.set(portal, names.add(name));
  const made = await node.json(['init', '--name', name]);
  t.is(made.code, 0, made.stderr);
  const officer_email = `officier@${encodeURIComponent(name).toLowerCase().replace(/[^a-z]/g, '')}.example`;
  const { code } = await portal.invite({ name, officer_email });
  const enrolled = await node.json(['enrol', '--portal', portal.origin, '--yes', '--producer', name], { input: code });
  t.is(enrolled.code, 0, enrolled.stderr);
  const { enrolment_id, fingerprint } = enrolled.json;
  await confirmEnrolment(portal.portal, { kind: 'command_line' }, { enrolment_id, fingerprint });
  const status = await node.json(['status']);
  t.true(status.json.producers.some((one: { name: string; enrolment: { state: string } }) => one.name === name && one.enrolment.state === 'active'), status.stderr);
  return { producer_id: made.json.producer_id, fingerprint, officer_email };
}

const namesOf = new WeakMap<TestPortal, Set<string>>();

/** The options that a first publication needs beside the files. */
export function described(access: 'open' | 'restricted' = 'open', theme = 'transportation'): string[] {
  return ['--yes', '--access', access, '--theme', theme, '--licence', 'etalab-2.0', '--summary', 'Chaque station, sa place et ses vélos.'];
}
