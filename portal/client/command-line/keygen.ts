import type { Command } from 'commander';
import { hostname } from 'node:os';
import { generateBackupKeys, writeBackup } from '../home/backup-file.ts';
import { generateConsumerKeys, loadConsumerKeys, saveConsumerKeys } from '../home/consumer-keys.ts';
import { ClientError } from '../errors.ts';
import { askPerson } from './ask-person.ts';
import type { Run } from './program.ts';
import type { Session } from './session.ts';

/** `sceau keygen`: makes the consumer's keys, once, and offers a backup to be printed. */
export function addKeygen(program: Command, run: Run): void {
  const { say } = run;
  const command = program.command('keygen').description(say('help.keygen')).option('--name <name>', say('help.keygen_name')).option('--backup <file>', say('help.keygen_backup'));
  run.explain(command, ['sceau keygen --name "Bureau d\'études, poste 3"', 'sceau keygen --backup backup.txt']).action((options: { name?: string; backup?: string }) => run.inSession((session) => keygen(session, options)));
}

async function keygen(session: Session, options: { name?: string; backup?: string }): Promise<void> {
  const home = await session.home();
  if ((await loadConsumerKeys(home)) !== undefined) throw new ClientError('keys_exist', `${home.path} holds keys already; they are never overwritten.`, { facts: { path: home.path } });
  const path = options.backup ?? (session.json ? undefined : await askPerson(session.say('keygen.ask_backup')));
  const backup = path === undefined || path === '' ? undefined : await generateBackupKeys();
  const keys = await generateConsumerKeys(options.name ?? hostname(), new Date(), backup === undefined ? {} : { backup });
  if (backup !== undefined && path !== undefined) await writeBackup(path, backup, keys.consumer_id);
  await saveConsumerKeys(home, keys);
  if (session.json) {
    session.result({ consumer_id: keys.consumer_id, name: keys.name, fingerprint: keys.fingerprint, recipient: keys.recipient, home: home.path, ...(backup === undefined ? {} : { backup: path }) });
    return;
  }
  session.line(session.say('keygen.made', { path: home.path }));
  session.line(`${session.say('keygen.consumer')}  ${keys.consumer_id}`);
  session.line(`${session.say('keygen.fingerprint')}  ${keys.fingerprint}`);
  session.note(session.say('keygen.read_out'));
  session.note(backup === undefined ? session.say('keygen.backup') : session.say('keygen.backup_made', { path: path ?? '' }));
}
