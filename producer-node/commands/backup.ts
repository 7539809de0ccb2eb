import { BACKUP_WORDS, type BackupWords, readIdentityFile } from '#backup';
import { backUpNode } from '../backup/back-up-node.ts';
import { restoreNode } from '../backup/restore-node.ts';
import type { NodeConfig } from '../config.ts';
import type { CommandRun } from './command.ts';
import type { Screen } from './screen.ts';

/** `sceau-node backup`. */
export const backup: CommandRun<{ folder: string; recipient: string[] }> = async ({ screen, node }, options) => {
  const words = backupWords(screen.words);
  const done = await backUpNode(node, { into: options.folder, recipients: options.recipient });
  screen.say(words.done(options.folder, done.files));
  screen.say(words.digest(done.digest));
  for (const folder of done.offline) screen.warn(words.offline(folder));
  screen.result({ into: options.folder, ...done });
  return 0;
};

/** `sceau-node restore`: works on a node that is not there yet, so it opens none. */
export async function restore(screen: Screen, config: NodeConfig, options: { folder: string; identity: string; digest?: string }): Promise<number> {
  const identities = await readIdentityFile(options.identity);
  const restored = await restoreNode(config, { from: options.folder, identities, ...(options.digest === undefined ? {} : { digest: options.digest }) });
  screen.say(backupWords(screen.words).restored(restored.taken_at));
  screen.say(screen.words.cli.restored_producers({ names: restored.producers.join(', ') }));
  screen.result({ ...restored, home: config.home });
  return 0;
}

/** The words of backups in the language of a screen. */
export function backupWords(words: { tag: string }): BackupWords {
  return BACKUP_WORDS[words.tag === 'fr' ? 'fr' : 'en'];
}
