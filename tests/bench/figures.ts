import { cpus } from 'node:os';

/** The middle of some figures; of an even number the mean of the two in the middle. NaN of none. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

/** A figure for people: three digits that count. */
export function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not measured';
}

/** A figure for the last line: three digits that count, null when there is none. */
export function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : null;
}

/** A line for people. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The last line: one JSON object. */
export function sayResult(result: { bench: string } & Record<string, unknown>): void {
  say(JSON.stringify(result));
}

/** One line about the machine, for whoever compares figures. */
export function machine(): string {
  const processors = cpus();
  return `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}, OpenSSL ${process.versions['openssl'] ?? '?'}`;
}
