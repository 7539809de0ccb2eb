import type { SchemaIssue } from './errors.ts';

interface AnyKeySet {
  version: number;
  prev: string | null;
  threshold: number;
  keys: readonly { jwk: { x: string }; roles: readonly string[]; not_before?: string; not_after?: string }[];
}

/**
 * The rules all three key sets share: `prev` null exactly at version 1; a key once, so with one role; a span that ends
 * after it starts; at least `threshold` keys of the role that signs the set.
 */
export function keySetIssues(set: AnyKeySet, signingRole: string): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  if (set.version === 1 && set.prev !== null) issues.push({ pointer: '/prev', message: 'Write null here: version 1 has no version before it.' });
  if (set.version > 1 && set.prev === null) issues.push({ pointer: '/prev', message: 'Give the digest of the version before here.' });
  const seen = new Set<string>();
  for (const [index, key] of set.keys.entries()) {
    if (seen.has(key.jwk.x)) issues.push({ pointer: `/keys/${index}/jwk`, message: 'Name each key once: one key has one role.' });
    seen.add(key.jwk.x);
    if (key.not_before !== undefined && key.not_after !== undefined && Date.parse(key.not_after) <= Date.parse(key.not_before)) {
      issues.push({ pointer: `/keys/${index}/not_after`, message: 'Give a time after not_before here.' });
    }
  }
  const signers = set.keys.filter((key) => key.roles.includes(signingRole)).length;
  if (signers < set.threshold) {
    issues.push({ pointer: '/threshold', message: `Name at least ${set.threshold} ${signingRole} key(s): fewer could never sign this set.` });
  }
  return issues;
}
