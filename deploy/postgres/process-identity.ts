import { readFile } from 'node:fs/promises';

/**
 * Start time of a process in clock ticks since boot: pid and start time together name one process for ever, a pid
 * alone is used again. Empty when there is no such process or only its zombie. Linux, proc(5) field 22.
 */
export async function processStartedAt(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}
