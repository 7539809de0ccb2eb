import test from 'ava';
import type { ExecutionContext } from 'ava';
import type { Requirement } from './requirement.ts';

/**
 * Declares a test that is skipped, visibly and with the reason in its title, where something it needs is missing:
 * `testWith(requireProgram('age'), 'stock age opens ours', async (t) => …)`.
 */
export function testWith(needs: Requirement | readonly Requirement[], title: string, run: (t: ExecutionContext) => Promise<void> | void): void {
  const missing = [needs].flat().flatMap((need) => ('missing' in need ? [need.missing] : []));
  if (missing.length === 0) test(title, run);
  else test.skip(`${title} (${missing.join(', ')})`, run);
}
