import { type Kysely, sql } from 'kysely';

const statements = [
  // A mail about a request goes when the request goes: it names people.
  `ALTER TABLE mail ADD COLUMN request_id uuid REFERENCES access_request ON DELETE CASCADE`,
  `CREATE INDEX mail_request ON mail (request_id) WHERE request_id IS NOT NULL`,
  // Whoever asked had name, address and purpose erased; the row stays for the grant that rests on it.
  `ALTER TABLE access_request ADD COLUMN erased_at timestamptz`,
  `CREATE INDEX access_request_email ON access_request (contact_email)`,
];

/** Mails that go with their request, and erasure of people who ask. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
