import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

/** One rule of accessibility a page breaks. */
export interface AxeViolation {
  rule: string;
  impact: string;
  help: string;
  /** Selectors of the elements, as axe writes them. */
  elements: string[];
}

interface AxeResult {
  violations: { id: string; impact?: string | null; help: string; nodes: { target: unknown[] }[] }[];
}

/**
 * Runs axe-core on the page as it is shown now: WCAG 2.2 A and AA by default. The empty array means that no rule is broken.
 * The code is evaluated by the browser's debugger, so a strict content security policy does not hinder it.
 */
export async function axeViolations(
  page: Page,
  tags: readonly string[] = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
): Promise<AxeViolation[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const result = await page.evaluate<AxeResult, readonly string[]>(
    (values) => (globalThis as unknown as { axe: { run(root: unknown, o: unknown): Promise<AxeResult> } }).axe.run(document, { runOnly: { type: 'tag', values } }),
    tags,
  );
  return result.violations.map((found) => ({
    rule: found.id,
    impact: found.impact ?? 'unknown',
    help: found.help,
    elements: found.nodes.map((node) => node.target.join(' ')),
  }));
}
