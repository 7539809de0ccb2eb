import { statSync } from 'node:fs';
import { join } from 'node:path';

/** A program a test cannot do without: where it is, or the sentence that says what is missing. */
export type Requirement = { path: string } | { missing: string };

/** Looks for a program on the path, as a shell would. */
export function requireProgram(name: string): Requirement {
  for (const folder of (process.env['PATH'] ?? '').split(':').concat('/usr/bin', '/usr/sbin')) {
    const path = join(folder, name);
    if (folder !== '' && isProgram(path)) return { path };
  }
  return { missing: `${name} is not installed` };
}

/** True for a file that may be executed by somebody. */
export function isProgram(path: string): boolean {
  const entry = statSync(path, { throwIfNoEntry: false });
  return entry !== undefined && entry.isFile() && (entry.mode & 0o111) !== 0;
}
