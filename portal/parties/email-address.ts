import { fieldError } from '../fields.ts';

// Deliberately narrower than RFC 5321: no quoted local parts, no address literals, nothing that could end a header line.
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;

/** An e-mail address in the one form in which it is stored and compared: trimmed, lower case. `schema` with the pointer otherwise. */
export function parseEmail(value: unknown, pointer = '/email'): string {
  const text = typeof value === 'string' ? value.trim() : '';
  if (text.length > 254 || !ADDRESS.test(text) || text.includes('..')) throw fieldError(pointer, 'Give an e-mail address like name@example.org.');
  return text.toLowerCase();
}
