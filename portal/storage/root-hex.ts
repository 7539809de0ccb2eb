import { PortalError } from '../errors.ts';

const ROOT_HEX = /^[0-9a-f]{64}$/;

/** Refuses with `not_found` what cannot be the hex of a tree root, so that no text of a user ever becomes part of a path. */
export function assertRootHex(root_hex: string): void {
  if (!ROOT_HEX.test(root_hex)) throw new PortalError('not_found', 'A body is named by 64 hexadecimal digits.');
}
