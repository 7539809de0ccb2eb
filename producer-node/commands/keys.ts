import { readFile } from 'node:fs/promises';
import { parsePublicJwk, parseStrictJson, type PublicJwk } from '#crypto';
import { submitKeys } from '../delivery/submit-keys.ts';
import { reasonOf, refusal } from '../errors.ts';
import { type KeyProposal, missing, parseProposal, proposalFingerprint } from '../keys/key-proposal.ts';
import { findPendingProposal, proposalFile, type RotatedRole, ROTATED_ROLES } from '../keys/pending-keys.ts';
import { newestSet, proposeKeys } from '../keys/propose-keys.ts';
import { type CommandContext, type CommandRun, dateText, producerOf } from './command.ts';
import { proposalCard } from './proposal-card.ts';

/** Options of `sceau-node keys rotate`. */
export interface RotateOptions {
  role?: string[];
  addRoot?: string[];
  threshold?: string;
  replace?: boolean;
}

const DAILY_ROLES: readonly RotatedRole[] = ['manifest', 'decide', 'release'];

/** `sceau-node keys`: the keys in force, until when, and what waits to be signed. */
export const showKeys: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const producer = await producerOf(context);
  const newest = newestSet(producer);
  const pending = await findPendingProposal(node.config.home, producer.producer_id);
  screen.card([
    [cli.label_producer, producer.name],
    [cli.label_key_set, String(newest.version)],
    [cli.keys_expire, dateText(newest.expires_at, screen.words)],
    ...newest.keys.map(({ kid, roles }) => [roles.join(), kid] as const),
  ]);
  if (pending !== undefined) {
    screen.say(`\n${cli.proposal_waits({ file: proposalFile(node.config.home, producer.producer_id) })}`);
    screen.card(proposalCard(pending, screen.words));
  }
  screen.result({
    producer_id: producer.producer_id,
    version: newest.version,
    threshold: newest.threshold,
    expires_at: newest.expires_at,
    keys: newest.keys.map(({ kid, roles }) => ({ kid, role: roles[0] })),
    proposal: pending === undefined ? null : proposalFacts(context, pending),
  });
  return 0;
};

/** `sceau-node keys rotate`: new daily keys, further roots, two more years; waits for the signatures of the root keys. */
export const rotateKeys: CommandRun<RotateOptions> = async (context, options) => {
  const add_roots = await Promise.all((options.addRoot ?? []).map(readPublicKey));
  const roles = options.role === undefined ? DAILY_ROLES : options.role.flatMap((text) => text.split(',')).map(readRole);
  return propose(context, { roles, retire: [], add_roots, threshold: readThreshold(options.threshold), replace: options.replace === true });
};

/** `sceau-node keys retire`: the next key set does without a key. */
export const retireKeys: CommandRun<{ keys: string[]; threshold?: string; replace?: boolean }> = async (context, options) =>
  propose(context, { roles: [], retire: options.keys, add_roots: [], threshold: readThreshold(options.threshold), replace: options.replace === true });

/** `sceau-node keys submit`: brings the signed key set to the portal and takes up its keys. */
export const submitProposal: CommandRun<{ files: string[]; anyway?: boolean }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const copies = await Promise.all(options.files.map(readProposalFile));
  const producer = await producerOf(context);
  const { newest, at_portal, heads_problem } = await submitKeys(node, producer, { copies, anyway: options.anyway === true });
  screen.say(cli.keys_taken({ name: producer.name, version: newest.version, until: dateText(newest.expires_at, screen.words) }));
  if (!at_portal) screen.note(cli.keys_not_at_portal);
  if (heads_problem !== undefined) screen.warn(cli.heads_later({ reason: heads_problem }));
  screen.note(cli.restart_run);
  screen.result({ producer_id: producer.producer_id, version: newest.version, expires_at: newest.expires_at, at_portal, heads_problem: heads_problem ?? null });
  return 0;
};

/** A proposal from a file that somebody signed. Throws `file_unreadable`, `key_proposal_damaged`. */
export async function readProposalFile(file: string): Promise<KeyProposal> {
  return parseProposal(await readBytes(file));
}

/** The bytes of a file; `file_unreadable`. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw refusal('file_unreadable', { file, reason: reasonOf(cause) }, { cause });
  }
}

async function propose(context: CommandContext, change: Parameters<typeof proposeKeys>[2]): Promise<number> {
  const { screen, node } = context;
  const { cli } = screen.words;
  const producer = await producerOf(context);
  const proposal = await proposeKeys(node, producer, change);
  const facts = proposalFacts(context, proposal);
  screen.card(proposalCard(proposal, screen.words));
  screen.say(`\n${cli.proposal_next({ file: facts.file })}`);
  screen.result(facts);
  return 0;
}

function proposalFacts({ node }: CommandContext, proposal: KeyProposal) {
  const { present, proposed } = missing(proposal);
  return { producer_id: proposal.producer_id, version: proposal.next.version, file: proposalFile(node.config.home, proposal.producer_id), fingerprint: proposalFingerprint(proposal), missing_present: present, missing_proposed: proposed };
}

async function readPublicKey(file: string): Promise<PublicJwk> {
  try {
    return parsePublicJwk(parseStrictJson(await readBytes(file)));
  } catch (cause) {
    throw refusal('bad_option', { option: '--add-root', value: file, expected: reasonOf(cause) }, { cause });
  }
}

function readRole(text: string): RotatedRole {
  const role = ROTATED_ROLES.find((known) => known === text.trim());
  if (role === undefined) throw refusal('bad_option', { option: '--role', value: text, expected: ROTATED_ROLES.join(', ') });
  return role;
}

function readThreshold(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^(?:[1-9]|1[0-9]|20)$/.test(text)) throw refusal('bad_option', { option: '--threshold', value: text, expected: '1-20' });
  return Number(text);
}
