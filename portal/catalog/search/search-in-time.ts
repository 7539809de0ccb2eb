import { isStatementTimeout } from '../../db/database.ts';
import { PortalError } from '../../errors.ts';
import type { Db, Portal } from '../../portal.ts';
import { limitStatements } from './search-store.ts';

/**
 * Runs a search whose every statement PostgreSQL itself ends after `limits.search_ms`: words that match almost everything must not keep
 * connections from those who publish and decide. Refuses with `unavailable` (`search_too_slow`).
 */
export async function searchInTime<T>(portal: Pick<Portal, 'db' | 'config'>, search: (trx: Db) => Promise<T>): Promise<T> {
  try {
    return await portal.db
      .transaction()
      .setAccessMode('read only')
      .execute(async (trx) => {
        // For this transaction only: behind a pooler the connection is somebody else's next.
        await limitStatements(trx, portal.config.limits.search_ms);
        return search(trx);
      });
  } catch (cause) {
    if (!isStatementTimeout(cause)) throw cause;
    throw new PortalError('unavailable', 'This search takes too long. Try fewer or rarer words, or a filter.', { reason: 'search_too_slow', retry_after: 5, cause });
  }
}
