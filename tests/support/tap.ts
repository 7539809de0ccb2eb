/** What one line of AVA's TAP output means; `text` is a line of an error or comment, `summary` one of the counts at the end. */
export type TapEvent =
  | { kind: 'passed' | 'failed' | 'skipped' | 'todo'; title: string }
  | { kind: 'summary'; name: 'tests' | 'pass' | 'skip' | 'fail'; count: number }
  | { kind: 'plan'; count: number }
  | { kind: 'text'; line: string };

/** Reads one line of TAP 13 as AVA's reporter writes it. */
export function parseTapLine(line: string): TapEvent {
  const test = /^(not ok|ok) \d+ - (.*?)( # (SKIP|TODO))?$/.exec(line);
  if (test !== null) {
    const title = test[2] ?? '';
    if (test[4] === 'SKIP') return { kind: 'skipped', title };
    if (test[4] === 'TODO') return { kind: 'todo', title };
    return { kind: test[1] === 'ok' ? 'passed' : 'failed', title };
  }
  const summary = /^# (tests|pass|skip|fail) (\d+)$/.exec(line);
  if (summary !== null) {
    return { kind: 'summary', name: summary[1] as 'tests' | 'pass' | 'skip' | 'fail', count: Number(summary[2]) };
  }
  const plan = /^1\.\.(\d+)$/.exec(line);
  if (plan !== null) return { kind: 'plan', count: Number(plan[1]) };
  return { kind: 'text', line };
}

/** Counts of a run; `skipped` includes tests that are only announced (todo). */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Collects a whole run. Counts come from the lines of the tests, and never fall below what AVA's own summary says failed. */
export class TapTally {
  readonly skipped_titles: string[] = [];
  readonly failed_titles: string[] = [];
  private passed = 0;
  private todo = 0;
  private summary_fail: number | undefined;
  private finished = false;

  add(event: TapEvent): void {
    if (event.kind === 'passed') this.passed += 1;
    if (event.kind === 'failed') this.failed_titles.push(event.title);
    if (event.kind === 'skipped') this.skipped_titles.push(event.title);
    if (event.kind === 'todo') {
      this.todo += 1;
      this.skipped_titles.push(`${event.title} (not written yet)`);
    }
    if (event.kind === 'summary' && event.name === 'fail') this.summary_fail = event.count;
    if (event.kind === 'plan') this.finished = true;
  }

  /** `exit_code` is AVA's (null: killed). A run that ended badly, or without its plan, has at least one failure. */
  counts(exit_code: number | null): TestCounts {
    // AVA counts announced tests among the failures of its summary, and tests that never ran because their file crashed.
    const failed = Math.max(this.failed_titles.length, (this.summary_fail ?? 0) - this.todo);
    const ended_well = exit_code === 0 && this.finished;
    return {
      passed: this.passed,
      failed: failed === 0 && !ended_well ? 1 : failed,
      skipped: this.skipped_titles.length,
    };
  }
}

/** The last line of a run, for people and machines: `12 passed, 0 failed`, then skipped ones if any. */
export function countsLine(counts: TestCounts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}
