import type { SchemaIssue } from './errors.ts';
import { createGate } from './gate.ts';
import type { AccessRequestPayload } from './generated/access-request.ts';

/** The value as the payload of an access-request+jws statement; throws SchemaError. */
export const parseAccessRequest: (value: unknown) => AccessRequestPayload = createGate<AccessRequestPayload>({
  schema: 'access-request',
  what: 'an access request',
  rules: ({ iat, exp, delivery }) => {
    const issues: SchemaIssue[] = [];
    if (Date.parse(exp) <= Date.parse(iat)) issues.push({ pointer: '/exp', message: 'Give a time after iat here.' });
    const seen = new Set<string>();
    for (const [index, { fingerprint }] of delivery.entries()) {
      if (seen.has(fingerprint)) issues.push({ pointer: `/delivery/${index}`, message: 'Name each delivery key once.' });
      seen.add(fingerprint);
    }
    return issues;
  },
});
