import { parseConsumerId } from '#catalog-schema';
import { exportSigningKey, generateAgeIdentity, generateSigningKey, importSigningKey, recipientOf } from '#crypto';
import { refusingAsync } from '../errors.ts';
import { readSmallFile, writeSmallFile } from '../resources/sealed-parcel.ts';
import { ClientError } from '../errors.ts';
import type { BackupKeys } from './consumer-keys.ts';

const TEXT = /^# sceau backup v1\n(?:# [^\n]*\n)*# consumer: ([A-Za-z0-9_-]{43})\n# signing key: (\{[^\n]{1,400}\})\n(AGE-SECRET-KEY-1[0-9A-Z]{58})\n$/;

/** Fresh keys for a backup. */
export async function generateBackupKeys(): Promise<BackupKeys> {
  return { signing_key: generateSigningKey(), ...(await generateAgeIdentity()) };
}

/** Writes a backup, mode 0600, never over a file that is there: text to be printed, which stock `age -i` reads as an identity. */
export async function writeBackup(path: string, keys: BackupKeys, consumer_id: string): Promise<void> {
  const text = `# sceau backup v1\n# Print this, keep it in a safe place, delete the file. Whoever has it can act as you.\n# consumer: ${consumer_id}\n# signing key: ${exportSigningKey(keys.signing_key)}\n${keys.identity}\n`;
  await writeSmallFile(path, text, { mode: 0o600, force: false });
}

/** The keys of a backup and whose they are; refuses with `file_unreadable`, `backup_refused`. */
export async function readBackup(path: string): Promise<BackupKeys & { consumer_id: string }> {
  const bytes = await readSmallFile(path, 4096);
  if (bytes === undefined) throw new ClientError('file_unreadable', `${path} is missing.`, { facts: { path, why: 'ENOENT' } });
  return refusingAsync('backup_refused', `${path} is no backup.`, async () => {
    const [, consumer_id, jwk, identity] = TEXT.exec(new TextDecoder().decode(bytes).replaceAll('\r\n', '\n')) ?? [];
    if (consumer_id === undefined || jwk === undefined || identity === undefined) throw new ClientError('backup_refused', `${path} is no backup.`, { facts: { path } });
    return { consumer_id: parseConsumerId(consumer_id), signing_key: importSigningKey(jwk), identity, recipient: await recipientOf(identity) };
  });
}
