import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';
import { mixesScripts, nameSkeleton } from './name-skeleton.ts';
import { listActiveNames, lockProducerNames } from './producer-store.ts';

/**
 * Refuses a name under which people would take this producer for another active one: `conflict` (`name_confusable`), or `bad_request`
 * (`name_mixes_scripts`). In the transaction that makes the name public, so that of two such at once one waits for the other.
 */
export async function requireDistinctName(trx: Db, o: { producer_id: string; name: string }): Promise<void> {
  if (mixesScripts(o.name)) throw new PortalError('bad_request', 'The name mixes letters of several scripts in one word. Write it in one.', { reason: 'name_mixes_scripts' });
  await lockProducerNames(trx);
  const skeleton = nameSkeleton(o.name);
  const other = (await listActiveNames(trx)).find((known) => known.producer_id !== o.producer_id && nameSkeleton(known.name) === skeleton);
  if (other !== undefined) {
    throw new PortalError('conflict', `Another producer here is called ${JSON.stringify(other.name)}, and people would take one for the other. Choose a name that says the difference.`, { reason: 'name_confusable' });
  }
}
