import { type BodyTree, rootOfLeaves } from '../body/body-tree.ts';
import { createHashMemory } from './hash-memory.ts';
import { openUnitCount } from './open-units.ts';
import { runUnits, type UnitProgress } from './run-units.ts';

/** The tree of an open regular file of `size` bytes, hashed on one thread per processor. Refuses another size with `truncated`, `trailing_bytes`. */
export async function hashFile(o: { readonly body: number; readonly size: number; readonly progress?: UnitProgress }): Promise<BodyTree> {
  const leaves = createHashMemory(o.size);
  await runUnits({ kind: 'hash', body: o.body, body_size: o.size, leaves }, openUnitCount(o.size), o.progress);
  return { root: rootOfLeaves(leaves), leaves: leaves.slice(), size: o.size };
}
