import { createGate } from './gate.ts';
import type { PortalKeySet } from './generated/portal-keys.ts';
import { keySetIssues } from './key-set-rules.ts';

/** The value as the payload of a portal-keys+jws statement; throws SchemaError. */
export const parsePortalKeySet: (value: unknown) => PortalKeySet = createGate<PortalKeySet>({
  schema: 'portal-keys',
  what: 'the key set of a portal',
  rules: (set) => keySetIssues(set, 'root'),
});
