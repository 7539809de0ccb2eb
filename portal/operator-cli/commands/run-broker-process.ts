import { runBroker } from '../../broker/run-broker.ts';
import { openCollaborators } from '../../create-portal.ts';
import { PortalError } from '../../errors.ts';
import { loadBrokerKeys } from '../../keys/load-broker-keys.ts';
import type { Outcome, Session } from '../terminal.ts';
import { configOf } from '../with-portal.ts';

/** `sceau-portal broker`: releases key packages until the terminal's signal aborts. It has the broker's keys and none of the web's. */
export async function runBrokerProcess(session: Session): Promise<Outcome> {
  const { words, terminal } = session;
  const config = configOf(session, 'broker');
  if (config.broker_keys_dir === undefined) throw new PortalError('bad_request', 'SCEAU_BROKER_KEYS_DIR', { reason: 'configuration' });
  const keys = await loadBrokerKeys(config.broker_keys_dir);
  const { parts, database } = openCollaborators(config, { application_name: 'sceau-portal broker', max: 4 });
  try {
    const { db, clock, random, logger } = parts;
    terminal.err(words.broker.running);
    await runBroker({ db, clock, random, logger, keys }, terminal.signal);
  } finally {
    await database.close();
  }
  return { json: { stopped: true }, lines: [words.broker.stopped] };
}
