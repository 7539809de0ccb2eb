import { constants } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { exportSigningKey, generateAgeIdentity, generateSigningKey, importSigningKey, recipientOf, type SigningKey, type Statement, utf8 } from '#crypto';
import { reasonOf, refusal, systemCode } from '../errors.ts';

/** The keys of a producer that this node uses in daily work. */
export type OnlineRole = 'manifest' | 'decide' | 'release';

/** Everything that is written when a producer is made; all but `key_sets` are secrets. */
export interface ProducerSecrets {
  root: SigningKey;
  manifest: SigningKey;
  decide: SigningKey;
  release: SigningKey;
  /** age identities. */
  intake: string;
  recovery: string;
  key_sets: readonly Statement[];
}

/**
 * Opens the node's folder, making it at first use: 0700, key files 0600, node key inside. Whatever is looser, or belongs to another
 * account, is refused (`home_too_open`, `home_not_ours`); a folder that cannot be made or written is `home_unwritable`.
 */
export async function openKeyHome(home: string): Promise<{ node_key: SigningKey; spool_dir: string }> {
  for (const folder of [home, path.join(home, 'producers'), path.join(home, 'spool')]) await ensureFolder(folder);
  const file = path.join(home, 'node.jwk');
  const there = await lstat(file).catch(() => undefined);
  if (there === undefined) {
    try {
      await writeSecret(file, exportSigningKey(generateSigningKey()));
    } catch (cause) {
      // Another process of this node was quicker; its key is read below.
      if (systemCode(cause) !== 'EEXIST') throw cause;
    }
  }
  return { node_key: await readKeyFile(file), spool_dir: path.join(home, 'spool') };
}

/** The folder of a producer's keys. */
export function producerFolder(home: string, producer_id: string): string {
  return path.join(home, 'producers', producer_id);
}

/** The folder with the keys that belong in a safe. */
export function offlineFolder(home: string, producer_id: string): string {
  return path.join(producerFolder(home, producer_id), 'offline');
}

/** Whether the offline keys are still on this machine. */
export async function offlineKeysAreHere(home: string, producer_id: string): Promise<boolean> {
  return (await lstat(path.join(offlineFolder(home, producer_id), 'root.jwk')).catch(() => undefined)) !== undefined;
}

/** A daily key of a producer. Throws `key_missing`, `key_damaged`, `home_too_open`. */
export async function readProducerKey(home: string, producer_id: string, role: OnlineRole): Promise<SigningKey> {
  return readKeyFile(path.join(producerFolder(home, producer_id), `${role}.jwk`));
}

/**
 * The age identity of this node's own copies of content keys (custody `producer`), made at first use, 0600 and in no database: who has the
 * database alone opens nothing. Throws `key_damaged`, `home_too_open`, `home_unwritable`.
 */
export async function ensureCustodyIdentity(home: string, producer_id: string): Promise<string> {
  const file = custodyFile(home, producer_id);
  if ((await lstat(file).catch(() => undefined)) === undefined) {
    try {
      await writeSecret(file, await identityFile((await generateAgeIdentity()).identity));
      await syncFolder(path.dirname(file));
    } catch (cause) {
      // Another process of this node was quicker; its identity is read below.
      if (systemCode(cause) !== 'EEXIST') throw refusal('home_unwritable', { path: file, reason: reasonOf(cause) }, { cause });
    }
  }
  return readCustodyIdentity(home, producer_id);
}

/** The identity that `ensureCustodyIdentity` made; `key_missing` when the file is not there (any more). */
export async function readCustodyIdentity(home: string, producer_id: string): Promise<string> {
  const file = custodyFile(home, producer_id);
  const text = await readSecret(file);
  const identity = text.split('\n').find((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (identity === undefined) throw refusal('key_damaged', { path: file });
  return identity;
}

function custodyFile(home: string, producer_id: string): string {
  return path.join(producerFolder(home, producer_id), 'custody.txt');
}

/** The key set chain kept beside the keys, oldest first, unverified; undefined when there is none. */
export async function readKeySetFile(folder: string): Promise<unknown> {
  const text = await readFile(path.join(folder, 'key-sets.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refusal('key_damaged', { path: path.join(folder, 'key-sets.json') }, { cause });
  }
}

/** Writes the folder of a new producer whole or not at all: durable under its name when the promise resolves. */
export async function writeProducerFolder(home: string, producer_id: string, secrets: ProducerSecrets): Promise<void> {
  const folder = producerFolder(home, producer_id);
  const unfinished = path.join(home, 'producers', `.new-${producer_id}`);
  await rm(unfinished, { recursive: true, force: true });
  try {
    await mkdir(path.join(unfinished, 'offline'), { recursive: true, mode: 0o700 });
    await chmod(unfinished, 0o700);
    await writeSecret(path.join(unfinished, 'offline', 'root.jwk'), exportSigningKey(secrets.root));
    await writeSecret(path.join(unfinished, 'offline', 'recovery.txt'), await identityFile(secrets.recovery));
    for (const role of ['manifest', 'decide', 'release'] as const) await writeSecret(path.join(unfinished, `${role}.jwk`), exportSigningKey(secrets[role]));
    await writeSecret(path.join(unfinished, 'intake.txt'), await identityFile(secrets.intake));
    await writeSecret(path.join(unfinished, 'key-sets.json'), JSON.stringify(secrets.key_sets));
    await syncFolder(path.join(unfinished, 'offline'));
    await syncFolder(unfinished);
    await rename(unfinished, folder);
    await syncFolder(path.dirname(folder));
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    throw refusal('home_unwritable', { path: home, reason: reasonOf(cause) }, { cause });
  }
}

// An age identity file as `age -d -i` takes it.
async function identityFile(identity: string): Promise<string> {
  return `# public key: ${await recipientOf(identity)}\n${identity}\n`;
}

async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw refusal('home_unwritable', { path: folder, reason: reasonOf(cause) }, { cause });
  }
  const found = await lstat(folder);
  if (!found.isDirectory()) throw refusal('home_unwritable', { path: folder, reason: 'ENOTDIR' });
  assertClosed(folder, found);
}

function assertClosed(file: string, found: { mode: number; uid: number }): void {
  if (process.getuid !== undefined && found.uid !== process.getuid()) throw refusal('home_not_ours', { path: file });
  if ((found.mode & 0o077) !== 0) throw refusal('home_too_open', { path: file, mode: (found.mode & 0o777).toString(8).padStart(4, '0') });
}

/** A signing key from its closed file. Throws `key_missing`, `key_damaged`, `home_too_open`. */
export async function readKeyFile(file: string): Promise<SigningKey> {
  const text = await readSecret(file);
  try {
    return importSigningKey(text.trim());
  } catch {
    // The cause may quote the file, which is a secret: it stays out of the error.
    throw refusal('key_damaged', { path: file });
  }
}

/** The text of a closed file. Throws `key_missing`, `key_damaged`, `home_too_open`, `home_unwritable`. */
export async function readSecret(file: string): Promise<string> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) throw refusal('key_missing', { path: file });
  if (!found.isFile()) throw refusal('key_damaged', { path: file });
  assertClosed(file, found);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw refusal('home_unwritable', { path: file, reason: reasonOf(cause) }, { cause });
  }
}

/** Writes a secret that is not there yet: whole or not at all, 0600, on disk when it resolves; EEXIST for one that is. */
export async function writeSecret(file: string, text: string): Promise<void> {
  // Written under another name: a key file is there whole or not at all. link refuses to replace what another process wrote.
  const unfinished = `${file}.${process.pid}.new`;
  const handle = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await handle.writeFile(utf8(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What was written or renamed in a folder is on disk when it resolves. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  await handle.sync().finally(() => handle.close());
}
