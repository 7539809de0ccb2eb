import { createGate } from './gate.ts';
import type { KeyRelease } from './generated/key-release.ts';

/** The value as the payload of a key-release+jws statement; throws SchemaError. */
export const parseKeyRelease: (value: unknown) => KeyRelease = createGate<KeyRelease>({ schema: 'key-release', what: 'a release statement' });
