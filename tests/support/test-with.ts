import test from 'ava';
import type { ExecutionContext } from 'ava';
import type { Requirement } from './requirement.ts';

/**
 * Declares a test that is skipped, visibly and with the reason in its title, where something it needs is missing:
 * `testWith(requireProgram('age'), 'stock age opens ours', async (t) => …)`. `serial`: alone in its file,
 * for tests that share a clock.
 */
export function testWith(needs: Requirement | readonly Requirement[], title: string, run: (t: ExecutionContext) => Promise<void> | void, o: { serial?: boolean } = {}): void {
  const missing = [needs].flat().flatMap((need) => ('missing' in need ? [need.missing] : []));
  if (missing.length === 0) (o.serial === true ? test.serial : test)(title, run);
  else test.skip(`${title} (${missing.join(', ')})`, run);
}
