import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CallExample } from './pages/developers.tsx';

/** The programs of `examples/` with the command that runs each, beside which the build copies them. */
export const EXAMPLE_COMMANDS: Readonly<Record<string, string>> = { 'call.sh': 'sh call.sh', 'call.py': 'python3 call.py', 'Call.java': 'java Call.java' };

let loaded: readonly CallExample[] | undefined;

/** The programs that call the portal without our library, as they lie in `examples/`; read once per process. Throws when the build did not copy them. */
export function loadExamples(): readonly CallExample[] {
  loaded ??= Object.entries(EXAMPLE_COMMANDS).map(([name, command]) => ({ name, command, text: readFileSync(path.join(import.meta.dirname, 'examples', name), 'utf8').trimEnd() }));
  return loaded;
}
