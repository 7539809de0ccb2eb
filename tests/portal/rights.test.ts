import { randomBytes } from 'node:crypto';
import test from 'ava';
import { sql } from 'kysely';
import { openDatabase } from '../../portal/db/database.ts';
import { migrate, pendingMigrations } from '../../portal/db/migrate.ts';
import { applyRights } from '../../portal/db/rights.ts';
import { testDatabase } from '../support/postgres.ts';

/** The same database, signed in as another role. */
function asUser(url: string, role: string): string {
  return url.replace(/:\/\/[^@/]*@/, `://${role}@`);
}

test('migrating is repeatable, and two at once are one after the other', async (t) => {
  const { url } = await testDatabase(t);
  const [one, two] = [openDatabase(url, { max: 1 }), openDatabase(url, { max: 1 })];
  const pending = await pendingMigrations(one.db);
  t.is(pending[0], '0001-first-path');
  const ran = (await Promise.all([migrate(one.db), migrate(two.db)])).flat();
  t.deepEqual(ran, pending, 'each once, in order');
  t.deepEqual(await pendingMigrations(two.db), []);
  await Promise.all([one.close(), two.close()]);
});

test('web and broker connect under roles of their own, and each is refused what is the other’s', async (t) => {
  const { url } = await testDatabase(t);
  const owner = openDatabase(url, { max: 1 });
  const suffix = randomBytes(4).toString('hex');
  const [web_role, broker_role] = [`sceau_web_${suffix}`, `sceau_broker_${suffix}`];
  await migrate(owner.db);
  t.like(await t.throwsAsync(applyRights(owner.db, { web_role, broker_role })), { code: 'not_found', reason: 'no_role' });
  for (const role of [web_role, broker_role]) await sql`CREATE ROLE ${sql.id(role)} LOGIN`.execute(owner.db);
  await applyRights(owner.db, { web_role, broker_role });
  await applyRights(owner.db, { web_role, broker_role });
  const web = openDatabase(asUser(url, web_role), { max: 1 });
  const broker = openDatabase(asUser(url, broker_role), { max: 1 });
  t.teardown(async () => {
    await Promise.all([web.close(), broker.close()]);
    for (const role of [web_role, broker_role]) {
      await sql`DROP OWNED BY ${sql.id(role)}`.execute(owner.db);
      await sql`DROP ROLE ${sql.id(role)}`.execute(owner.db);
    }
    await owner.close();
  });

  const refused = async (db: typeof web.db, statement: string) => {
    const error = await t.throwsAsync(sql.raw(statement).execute(db), undefined, statement);
    t.regex(error?.message ?? '', /permission denied/, statement);
  };
  const allowed = (db: typeof web.db, statement: string) => t.notThrowsAsync(sql.raw(statement).execute(db), statement);

  await allowed(web.db, 'SELECT * FROM kysely_migration');
  await allowed(web.db, 'SELECT package FROM key_package');
  await allowed(web.db, `INSERT INTO log_act (type, leaf, subject_digest, created_at) VALUES ('heads', '\\x00', 'x', now())`);
  await allowed(web.db, 'UPDATE log_act SET leaf_index = 0');
  await refused(web.db, 'SELECT * FROM broker.sealed_package');
  await refused(web.db, 'SELECT * FROM broker.checkpoint_seen');
  await refused(web.db, 'UPDATE node_package SET package = NULL');
  await refused(web.db, 'UPDATE dataset_epoch SET recipient = NULL');
  await refused(web.db, `INSERT INTO key_package SELECT NULL::uuid, 1, 'x', 'age', '\\x00', 'x', 1, now()`);
  await refused(web.db, `UPDATE log_act SET leaf = '\\x01'`);
  for (const column of ['type', 'subject_digest', 'about_digest']) await refused(web.db, `UPDATE log_act SET ${column} = 'y'`);
  await refused(web.db, `UPDATE log_act SET blind_key = '\\x01'`);
  await refused(web.db, 'DELETE FROM log_act');
  await refused(web.db, 'TRUNCATE log_act');
  await allowed(web.db, `UPDATE access_grant SET state = 'revoked'`);
  for (const column of ['statement', 'digest', 'consumer_id']) await refused(web.db, `UPDATE access_grant SET ${column} = 'y'`);
  await refused(web.db, 'DELETE FROM access_grant');
  await refused(web.db, 'DELETE FROM log_checkpoint');
  await refused(web.db, 'UPDATE party_key_set SET statement = NULL');
  await refused(web.db, 'CREATE TABLE mine (x int)');

  await allowed(broker.db, 'SELECT statement, state, request_id FROM access_request');
  await allowed(broker.db, 'SELECT deposit FROM key_deposit');
  await allowed(broker.db, 'SELECT * FROM broker.sealed_package');
  await allowed(broker.db, `INSERT INTO log_act (type, leaf, subject_digest, created_at) VALUES ('key.release', '\\x00', 'x', now())`);
  await allowed(broker.db, `UPDATE release_job SET state = 'done'`);
  await refused(broker.db, 'SELECT * FROM access_request');
  await refused(broker.db, 'SELECT contact_email FROM access_request');
  for (const table of ['member', 'session', 'sign_in', 'mail', 'invitation', 'dataset_contact', 'key_recovery', 'http_nonce']) await refused(broker.db, `SELECT * FROM ${table}`);
  await refused(broker.db, 'UPDATE log_act SET leaf_index = 1');
  await refused(broker.db, `UPDATE access_grant SET state = 'active'`);
  await refused(broker.db, 'DELETE FROM key_package');
});
