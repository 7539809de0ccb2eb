import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClientError } from '../errors.ts';
import { isMissing, writeError } from '../resources/file-error.ts';

/** Where each of the named files goes: into the folder `output`, to the file `output`, or here under its own name. */
export async function outputPaths(names: readonly string[], output: string | undefined): Promise<string[]> {
  const clash = names.find((name, index) => names.indexOf(name) !== index);
  if (clash !== undefined) throw new ClientError('bad_input', `Two files are called ${clash}: name one with --resource.`, { facts: { value: `--resource (${clash})` } });
  if (output === undefined) return [...names];
  const folder = await isFolder(output);
  if (!folder && names.length > 1) throw new ClientError('bad_input', `There are ${names.length} files: give a folder that exists, or one with --resource.`, { facts: { value: `-o ${output} (${names.length})` } });
  return names.map((name) => (folder ? join(output, name) : output));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw writeError(cause, path);
  }
}
