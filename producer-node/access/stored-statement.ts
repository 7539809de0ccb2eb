import type { Statement } from '#crypto';
import type { StoredStatement } from '../db/tables.ts';

/** A statement as the database keeps it. */
export function storedStatement({ payload, signatures }: Statement): StoredStatement {
  return { payload, signatures: signatures.map((signature) => ({ ...signature })) };
}
