import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { exportSigningKey, type SigningKey, type Statement, utf8 } from '#crypto';
import { reasonOf, refusal } from '../errors.ts';
import { type OnlineRole, producerFolder, readKeyFile, readSecret, syncFolder, writeSecret } from './key-home.ts';
import { type KeyProposal, parseProposal, proposalText } from './key-proposal.ts';

/** A daily key that a key set can replace: those of the producer, and the node's own. */
export type RotatedRole = OnlineRole | 'api';

/** Keys that wait for their key set, by role. */
export type PendingKeys = Partial<Record<RotatedRole, SigningKey>>;

/** Every role of daily work. */
export const ROTATED_ROLES: readonly RotatedRole[] = ['manifest', 'decide', 'release', 'api'];

/** The folder in which new keys wait until their key set is in force. */
export function pendingFolder(home: string, producer_id: string): string {
  return path.join(producerFolder(home, producer_id), 'next');
}

/** Where the node writes the proposal that the holders of the root keys sign. */
export function proposalFile(home: string, producer_id: string): string {
  return path.join(pendingFolder(home, producer_id), 'proposal.json');
}

/** The proposal that waits, or undefined. Throws `key_proposal_damaged`, `home_too_open`. */
export async function findPendingProposal(home: string, producer_id: string): Promise<KeyProposal | undefined> {
  const file = proposalFile(home, producer_id);
  if ((await lstat(file).catch(() => undefined)) === undefined) return undefined;
  return parseProposal(utf8(await readSecret(file)));
}

/** Keeps new keys and their proposal in place of what waited before; whole or not at all, on disk when it resolves. */
export async function writePending(home: string, proposal: KeyProposal, keys: PendingKeys): Promise<void> {
  const folder = pendingFolder(home, proposal.producer_id);
  const unfinished = `${folder}.new`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { mode: 0o700 });
    for (const role of ROTATED_ROLES) {
      const key = keys[role];
      if (key !== undefined) await writeSecret(path.join(unfinished, `${role}.jwk`), exportSigningKey(key));
    }
    await writeSecret(path.join(unfinished, 'proposal.json'), proposalText(proposal));
    await syncFolder(unfinished);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
    await syncFolder(path.dirname(folder));
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw refusal('home_unwritable', { path: folder, reason: reasonOf(cause) }, { cause });
  }
}

/**
 * Puts the keys that waited in the place of those they follow, and the chain beside them. Safe to repeat after a crash: a key that was moved
 * already is passed over. What waited stays until `forgetPending`. Gives the node's key as it is now.
 */
export async function installPending(home: string, producer_id: string, key_sets: readonly Statement[]): Promise<SigningKey> {
  const folder = producerFolder(home, producer_id);
  try {
    for (const role of ROTATED_ROLES) {
      const waiting = path.join(pendingFolder(home, producer_id), `${role}.jwk`);
      if ((await lstat(waiting).catch(() => undefined)) !== undefined) await rename(waiting, role === 'api' ? path.join(home, 'node.jwk') : path.join(folder, `${role}.jwk`));
    }
    const chain = path.join(folder, 'key-sets.json');
    await rm(`${chain}.next`, { force: true });
    await writeSecret(`${chain}.next`, JSON.stringify(key_sets));
    await rename(`${chain}.next`, chain);
    await syncFolder(folder);
    await syncFolder(home);
  } catch (cause) {
    throw refusal('home_unwritable', { path: folder, reason: reasonOf(cause) }, { cause });
  }
  return readKeyFile(path.join(home, 'node.jwk'));
}

/** Nothing waits any more. */
export async function forgetPending(home: string, producer_id: string): Promise<void> {
  await rm(pendingFolder(home, producer_id), { recursive: true, force: true });
}
