import { readDatabaseUrl } from '../../config.ts';
import { openDatabase } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { applyRights } from '../../db/rights.ts';
import { PortalError } from '../../errors.ts';
import type { Outcome, Session } from '../terminal.ts';

/** `sceau-portal migrate`. */
export async function migrateDatabase(session: Session, options: { webRole?: string; brokerRole?: string }): Promise<Outcome> {
  const words = session.words.migrate;
  const { webRole: web_role, brokerRole: broker_role } = options;
  if ((web_role === undefined) !== (broker_role === undefined) || (web_role !== undefined && web_role === broker_role)) {
    throw new PortalError('bad_request', words.both_roles, { reason: 'roles' });
  }
  const database = openDatabase(readDatabaseUrl(session.terminal.env, session.lang), { max: 1, application_name: 'sceau-portal migrate' });
  try {
    const migrated = await migrate(database.db);
    const lines = [migrated.length === 0 ? words.nothing : words.done(migrated)];
    if (web_role !== undefined && broker_role !== undefined) {
      await applyRights(database.db, { web_role, broker_role });
      lines.push(words.rights(web_role, broker_role));
    }
    return { json: { migrated, ...(web_role === undefined ? {} : { web_role, broker_role }) }, lines };
  } finally {
    await database.close();
  }
}
