import { sha256 } from './bytes.ts';
import { canonicalBytes } from './json/canonical-json.ts';

/**
 * Thirty decimal digits in six groups that two people can compare by voice: SHA-256 of JCS(["sceau-fingerprint-v1", ...parts]),
 * each five bytes of it read big-endian modulo 100 000 (99 bits in all). Order and boundaries of the parts count.
 */
export function fingerprintOf(...parts: readonly string[]): string {
  const hash = Buffer.from(sha256(canonicalBytes(['sceau-fingerprint-v1', ...parts])));
  const groups = [0, 5, 10, 15, 20, 25].map((offset) => String(hash.readUIntBE(offset, 5) % 100_000).padStart(5, '0'));
  return groups.join(' ');
}
