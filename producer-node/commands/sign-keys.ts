import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { decodeUtf8, exportSigningKey, generateSigningKey, importSigningKey, type SigningKey, utf8 } from '#crypto';
import { reasonOf, refusal } from '../errors.ts';
import { missing, proposalFingerprint, proposalText, withSignature } from '../keys/key-proposal.ts';
import type { Ask } from './ask.ts';
import { readBytes, readProposalFile } from './keys.ts';
import { proposalCard } from './proposal-card.ts';
import { readDigits } from './read-digits.ts';
import type { Screen } from './screen.ts';

/** What a command has that runs on a machine without a node. */
export interface OfflineContext {
  screen: Screen;
  ask: Ask | undefined;
}

/**
 * `sceau-node keys sign`: the holder of a root key signs a proposal, on a machine that needs neither node nor network. What it changes is
 * shown, and the digits are compared with those that the node showed.
 */
export async function signKeys({ screen, ask }: OfflineContext, o: { file: string; root: string; fingerprint?: string }): Promise<number> {
  const { cli } = screen.words;
  const expected = o.fingerprint === undefined ? undefined : readDigits(o.fingerprint);
  const proposal = await readProposalFile(o.file);
  const key = readRoot(o.root, await readBytes(o.root));
  screen.card(proposalCard(proposal, screen.words));
  const fingerprint = proposalFingerprint(proposal);
  if (expected !== undefined && expected !== fingerprint) throw refusal('proposal_fingerprint_differs', { shown: fingerprint, given: expected });
  if (expected === undefined) {
    if (ask === undefined) throw refusal('missing_option', { option: '--fingerprint', what: cli.fingerprint_is });
    if (!(await ask.yesNo(cli.ask_same_proposal))) throw refusal('cancelled', {});
  }
  const signed = withSignature(proposal, key);
  await replaceFile(o.file, proposalText(signed));
  const lacking = missing(signed);
  screen.say(`${cli.proposal_signed}\n${cli.label_missing}${cli.colon}${cli.signatures_missing(lacking)}`);
  screen.result({ file: o.file, kid: key.kid, missing_present: lacking.present, missing_proposed: lacking.proposed });
  return 0;
}

/** `sceau-node keys root`: a further root key, made where it will be kept; only its public half goes to the node. */
export async function makeRoot({ screen }: OfflineContext, o: { file: string }): Promise<number> {
  const key = generateSigningKey();
  const public_file = `${o.file}.pub`;
  await writeFresh(o.file, `${exportSigningKey(key)}\n`);
  await writeFresh(public_file, `${JSON.stringify(key.public_jwk)}\n`);
  screen.say(screen.words.cli.root_made({ file: o.file, public_file }));
  screen.result({ kid: key.kid, file: o.file, public_file });
  return 0;
}

function readRoot(file: string, bytes: Uint8Array): SigningKey {
  try {
    return importSigningKey(decodeUtf8(bytes).trim());
  } catch {
    // The cause may quote the file, which is a secret: it stays out of the error.
    throw refusal('key_damaged', { path: file });
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.new`;
  await writeFresh(unfinished, text);
  try {
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw refusal('file_unwritable', { file, reason: reasonOf(cause) }, { cause });
  }
}

async function writeFresh(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await handle.writeFile(utf8(text));
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw refusal('file_unwritable', { file, reason: reasonOf(cause) }, { cause });
  }
}
