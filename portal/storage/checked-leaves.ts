import { hexOfDigest, rootOfLeaves } from '#crypto';
import { PortalError } from '../errors.ts';

/** The leaf hashes (32 bytes each) if their tree has this root; `unavailable` with reason `store_damaged` otherwise: the store is not trusted. */
export function checkedLeaves(root_hex: string, leaves: Uint8Array): Uint8Array {
  if (leaves.length % 32 !== 0 || hexOfDigest(rootOfLeaves(leaves)) !== root_hex) {
    throw new PortalError('unavailable', 'The store gave leaf hashes that do not belong to this body. The operator has to restore it.', { reason: 'store_damaged' });
  }
  return leaves;
}
