import test from 'ava';
import fc from 'fast-check';
import { groups } from './groups.ts';
import type { Parser } from './parser.ts';

for (const [folder, make] of Object.entries(groups)) {
  test(`every reader of foreign bytes in ${folder} accepts only what it gives back, refuses by its own class, and keeps nobody waiting`, async (t) => {
    const { parsers, clean_up } = await make();
    t.teardown(clean_up);
    for (const one of parsers) await t.notThrowsAsync(check(one), one.name);
  });
}

async function check(one: Parser): Promise<void> {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(one.inputs, async (input) => {
      const outcome = await outcomeOf(one, input);
      if (!outcome.refused) accepted += 1;
      return outcome.refused || one.holds(outcome.answer as never, input as never);
    }),
    { numRuns: one.runs ?? 150 },
  );
  if (accepted === 0) throw new Error('nothing was accepted: the property said nothing');
  for (const bait of one.baits ?? []) {
    const before = process.cpuUsage();
    await outcomeOf(one, bait);
    const { user, system } = process.cpuUsage(before);
    // Processor time, so that a busy machine does not count; two seconds is a hundred times what the slowest needs: what
    // backtracks or is quadratic needs minutes.
    if (user + system > 2_000_000) throw new Error(`${bait.length} characters of ${JSON.stringify(bait.slice(0, 12))} took over two seconds`);
  }
}

async function outcomeOf(one: Parser, input: unknown): Promise<{ refused: true } | { refused: false; answer: unknown }> {
  try {
    return { refused: false, answer: await one.run(input as never) };
  } catch (error) {
    if (one.refuses !== null && error instanceof one.refuses) return { refused: true };
    throw error;
  }
}
