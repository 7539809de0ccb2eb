import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** Stock gpg with a key ring of its own, which the test's end takes away. */
export interface StockGpg {
  readonly folder: string;
  /** Makes a key with an encryption subkey (`rsa3072`, `future-default`…) and gives the armored public key. */
  makeKey(user_id: string, algorithm?: string): Promise<string>;
  /** The armored secret key of a user id. */
  secretKey(user_id: string): Promise<string>;
  /** What `gpg -d` makes of a message, byte for byte. */
  decrypt(message: Uint8Array): Promise<Buffer>;
}

/** A fresh key ring in a private folder. */
export async function stockGpg(t: ExecutionContext): Promise<StockGpg> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-gpg-'));
  const gpg = (...args: readonly string[]): Promise<Buffer> => run('gpg', ['--homedir', folder, '--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '', ...args]);
  t.teardown(async () => {
    // gpg leaves an agent behind for each key ring.
    await run('gpgconf', ['--homedir', folder, '--kill', 'all']);
    await rm(folder, { recursive: true, force: true });
  });
  return {
    folder,
    async makeKey(user_id, algorithm = 'future-default') {
      await gpg('--quick-generate-key', user_id, algorithm, 'default', '2y');
      if (algorithm.startsWith('rsa')) {
        const listed = (await gpg('--list-keys', '--with-colons', user_id)).toString();
        await gpg('--quick-add-key', /^fpr:+([0-9A-F]+):/m.exec(listed)?.[1] ?? '', algorithm, 'encr', '1y');
      }
      return (await gpg('--armor', '--export', user_id)).toString();
    },
    secretKey: async (user_id) => (await gpg('--armor', '--export-secret-keys', user_id)).toString(),
    async decrypt(message) {
      const path = join(folder, 'message.asc');
      await writeFile(path, message);
      return gpg('-d', path);
    },
  };
}

/** The standard output of a program; throws with its complaints when it fails. */
export async function run(program: string, args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { encoding: 'buffer' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.at(-1) ?? ''}: ${stderr.toString()}`));
    });
  });
}
