import type { SchemaIssue } from './errors.ts';
import { createGate } from './gate.ts';
import type { Grant } from './generated/grant.ts';

/** The value as the payload of a grant+jws statement; throws SchemaError. */
export const parseGrant: (value: unknown) => Grant = createGate<Grant>({
  schema: 'grant',
  what: 'a grant',
  rules: ({ starts_at, ends_at, epoch_from, epoch_to }) => {
    const issues: SchemaIssue[] = [];
    if (Date.parse(ends_at) <= Date.parse(starts_at)) issues.push({ pointer: '/ends_at', message: 'Give a time after starts_at here.' });
    if (epoch_to !== null && epoch_to < epoch_from) issues.push({ pointer: '/epoch_to', message: 'Give an epoch not before epoch_from here.' });
    return issues;
  },
});
