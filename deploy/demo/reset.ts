import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { removeEmbeddedPostgresData } from '../postgres/data-place.ts';

/** `npm run reset`: asks, then deletes the demonstration's keys, databases and files. */
async function reset(): Promise<void> {
  const folder = path.join(fileURLToPath(new URL('../../../', import.meta.url)), '.sceau');
  if (!existsSync(folder)) {
    console.log('Nothing to delete: npm start has not run here.');
    return;
  }
  console.log(`This deletes ${folder}: the demonstration's databases (as root under a closed home they lie in /var/lib/sceau-postgres), keys, files and mails.`);
  if (!process.argv.includes('--yes')) {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question('Type "delete" to go on: ');
    terminal.close();
    if (answer.trim() !== 'delete') {
      console.log('Nothing was deleted.');
      process.exitCode = 1;
      return;
    }
  }
  await removeEmbeddedPostgresData(path.join(folder, 'postgres'));
  await rm(folder, { recursive: true, force: true });
  console.log('Deleted. npm start begins anew.');
}

await reset();
