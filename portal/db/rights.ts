import { sql } from 'kysely';
import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';
import type { Tables } from './tables.ts';

/** Rights on a table as PostgreSQL grants them; `SELECT (a, b)` for single columns. Empty: none. */
type Rights = string;

const ALL = 'SELECT, INSERT, UPDATE, DELETE';

/**
 * What the web process may do. It cannot write the broker's key packages (those of nodes stand apart), read what the broker has sealed and not yet
 * handed out, nor change or delete what the log holds. A new table is a compile error here until somebody has thought about it.
 */
const WEB_RIGHTS: Readonly<Record<keyof Tables, Rights>> = {
  log_act: 'SELECT, INSERT, UPDATE (leaf_index)',
  log_hash: 'SELECT, INSERT',
  log_checkpoint: 'SELECT, INSERT',
  lease: 'SELECT, INSERT, UPDATE',
  process_seen: 'SELECT, INSERT, UPDATE',
  invitation: 'SELECT, INSERT, UPDATE',
  producer: 'SELECT, INSERT, UPDATE',
  enrolment: 'SELECT, INSERT, UPDATE',
  party_key_set: 'SELECT, INSERT',
  party_key: 'SELECT, INSERT, UPDATE',
  node: 'SELECT, INSERT, UPDATE',
  consumer: 'SELECT, INSERT, UPDATE',
  member: ALL,
  member_role: ALL,
  sign_in: ALL,
  session: ALL,
  passkey: ALL,
  passkey_challenge: ALL,
  mail: ALL,
  http_nonce: ALL,
  rate_limit: ALL,
  application_use: ALL,
  dataset: 'SELECT, INSERT, UPDATE',
  dataset_version: 'SELECT, INSERT, UPDATE',
  equivocation: 'SELECT, INSERT',
  dataset_resource: 'SELECT, INSERT, UPDATE',
  dataset_contact: ALL,
  heads: 'SELECT, INSERT, UPDATE (entries)',
  body: ALL,
  body_claim: ALL,
  upload: ALL,
  upload_part: ALL,
  dataset_epoch: 'SELECT, INSERT',
  key_deposit: ALL,
  key_recovery: ALL,
  access_request: ALL,
  access_proposal: ALL,
  // What was granted stays what was granted: a revocation names its digest, and the broker finds the act by it.
  access_grant: 'SELECT, INSERT, UPDATE (state, suspended_at, revoked_at, revocation, end_act_id)',
  release_job: 'SELECT, INSERT, UPDATE',
  'broker.sealed_package': '',
  'broker.checkpoint_seen': '',
  key_package: 'SELECT',
  node_package: 'SELECT, INSERT',
  decision_alarm: ALL,
};

/** What the broker may do: read what a release rests on, write packages and their acts. Nothing about people: no mails, no contacts, no purposes. */
const BROKER_RIGHTS: Readonly<Partial<Record<keyof Tables, Rights>>> = {
  log_act: 'SELECT, INSERT',
  log_hash: 'SELECT',
  log_checkpoint: 'SELECT',
  process_seen: 'SELECT, INSERT, UPDATE',
  producer: 'SELECT',
  party_key_set: 'SELECT',
  party_key: 'SELECT',
  consumer: 'SELECT (consumer_id, state, fingerprint)',
  dataset: 'SELECT',
  dataset_version: 'SELECT',
  dataset_resource: 'SELECT',
  key_deposit: 'SELECT',
  access_request: 'SELECT (request_id, dataset_id, producer_id, consumer_id, statement, request_digest, fingerprint, state)',
  access_grant: 'SELECT',
  release_job: 'SELECT, UPDATE',
  'broker.sealed_package': ALL,
  'broker.checkpoint_seen': ALL,
  key_package: 'SELECT, INSERT',
};

/**
 * Gives the two roles exactly these rights and takes every other away; run by the owner of the tables after each migration. The
 * roles must exist: `not_found` says which one and how to make it.
 */
export async function applyRights(db: Db, roles: { web_role: string; broker_role: string }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`REVOKE ALL ON SCHEMA broker FROM PUBLIC`.execute(trx);
    await grantTo(trx, roles.web_role, WEB_RIGHTS);
    await grantTo(trx, roles.broker_role, BROKER_RIGHTS);
  });
}

async function grantTo(trx: Db, role: string, rights: Readonly<Partial<Record<keyof Tables, Rights>>>): Promise<void> {
  const { rows } = await sql`SELECT 1 FROM pg_roles WHERE rolname = ${role}`.execute(trx);
  if (rows.length === 0) throw new PortalError('not_found', `There is no database role ${role}. Make it first: CREATE ROLE ${role} LOGIN PASSWORD '…';`, { reason: 'no_role' });
  const grantee = sql.id(role);
  await sql`REVOKE ALL ON ALL TABLES IN SCHEMA public, broker FROM ${grantee}`.execute(trx);
  await sql`REVOKE ALL ON SCHEMA public, broker FROM ${grantee}`.execute(trx);
  await sql`GRANT USAGE ON SCHEMA public TO ${grantee}`.execute(trx);
  await sql`GRANT SELECT ON kysely_migration TO ${grantee}`.execute(trx);
  if (Object.entries(rights).some(([table, right]) => table.startsWith('broker.') && right !== '')) await sql`GRANT USAGE ON SCHEMA broker TO ${grantee}`.execute(trx);
  for (const [table, right] of Object.entries(rights)) {
    // Table names and rights are constants of this file; only the role comes from outside.
    if (right !== '') await sql`GRANT ${sql.raw(right)} ON ${sql.raw(table)} TO ${grantee}`.execute(trx);
  }
}
