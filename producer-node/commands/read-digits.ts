import { refusal } from '../errors.ts';

/** Thirty digits as a person gives them, whatever stands between, in six groups of five. Throws `bad_option`. */
export function readDigits(text: string): string {
  const digits = text.replace(/[^0-9]/g, '');
  if (digits.length !== 30) throw refusal('bad_option', { option: '--fingerprint', value: text, expected: '6 × 5 (01234 56789 …)' });
  return (digits.match(/.{5}/g) ?? []).join(' ');
}
