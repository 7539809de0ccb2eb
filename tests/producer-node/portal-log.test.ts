import test from 'ava';
import { sql } from 'kysely';
import { openDatabase } from '../../producer-node/db/database.ts';
import { testPortal } from '../support/portal.ts';
import { enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

test('a node remembers the newest checkpoint of its portal’s log, and says when the log is shorter, other or not the portal’s', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  await portal.logged();
  const look = async () => {
    const status = await node.json(['status']);
    t.is(status.code, 0, status.stderr);
    return { log: status.json.producers[0].portal.log, problem: status.json.producers[0].portal.problem, said: status.stderr };
  };

  const first = await look();
  const note = await (await fetch(`${portal.origin}/log/checkpoint`)).text();
  t.is(first.log.checkpoint, note, 'the signed note, as the portal gave it');
  await portal.enrolProducer({ name: 'Région Bretagne' });
  await portal.logged();
  const second = await look();
  t.true(second.log.size > first.log.size);
  t.is(second.log.problem, null);

  // Restored from an older state: acts that were shown are gone.
  await sql`DELETE FROM log_checkpoint WHERE size > ${first.log.size}`.execute(portal.owner_db);
  const shorter = await look();
  t.is(shorter.log.problem, 'shorter');
  t.is(shorter.log.checkpoint, second.log.checkpoint, 'what was seen stays as evidence');
  t.regex(shorter.said, /STOP\..*shorter than the \d+ acts/);

  // Another history of the same length, then a longer one: this node has seen other acts.
  const other = openDatabase(node.database_url);
  t.teardown(other.close);
  const remember = (size: number) => other.db.updateTable('portal_log').set({ size, root: Buffer.alloc(32, 7).toString('base64url') }).execute();
  await remember(first.log.size);
  t.is((await look()).log.problem, 'forked');
  await remember(1);
  const forked = await look();
  t.is(forked.log.problem, 'forked');
  t.regex(forked.said, /STOP\..*does not continue the 1 acts/);

  await sql`UPDATE log_checkpoint SET note = replace(note, E'\n', E'\n1')`.execute(portal.owner_db);
  const unsigned = await look();
  t.regex(unsigned.problem, /does not answer like a portal: its checkpoint/);
  t.is(unsigned.log.size, 1);
});
