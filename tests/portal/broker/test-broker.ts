import { pino } from 'pino';
import { randomBytes } from '#crypto';
import type { Broker } from '../../../portal/broker/broker.ts';
import { runReleaseJobs } from '../../../portal/broker/run-broker.ts';
import { openDatabase } from '../../../portal/db/database.ts';
import { loadBrokerKeys } from '../../../portal/keys/load-broker-keys.ts';
import { asRole, type TestPortal } from '../../support/portal.ts';

/** The broker of a test portal, under its own role and with its own pool. Close it at the end. */
export async function testBroker(portal: TestPortal): Promise<{ broker: Broker; close(): Promise<void> }> {
  const { broker_keys_dir } = portal.portal.config;
  if (broker_keys_dir === undefined) throw new Error('this portal has no keys for a broker');
  const database = openDatabase(asRole(portal.database_url, 'sceau_test_broker'), { max: 4 });
  const broker: Broker = {
    db: database.db,
    keys: await loadBrokerKeys(broker_keys_dir),
    clock: portal.portal.clock,
    random: randomBytes,
    logger: pino({ level: process.env['SCEAU_TEST_LOG'] ?? 'silent' }),
  };
  return { broker, close: () => database.close() };
}

/** Runs the broker's jobs, with the log in between, until none is due; at most 20 rounds. */
export async function releaseAll(portal: TestPortal, broker: Broker): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await makeJobsDue(portal);
    await runReleaseJobs(broker);
    await portal.logged();
    const waiting = await portal.portal.db.selectFrom('release_job').select('grant_id').where('state', '=', 'waiting').executeTakeFirst();
    if (waiting === undefined) return;
  }
  throw new Error('the broker did not finish its jobs');
}

// A test's clock may stand still: what was put off by milliseconds is due at once.
async function makeJobsDue(portal: TestPortal): Promise<void> {
  await portal.portal.db.updateTable('release_job').set({ next_attempt_at: portal.portal.clock.now() }).where('state', '=', 'waiting').execute();
}
