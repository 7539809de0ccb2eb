import type { Insertable } from 'kysely';
import type { AccessProposalTable } from '../db/tables.ts';
import type { Db } from '../portal.ts';

/** Keeps what an officer proposes for a request, in place of what was proposed before. */
export async function upsertProposal(trx: Db, proposal: Insertable<AccessProposalTable>): Promise<void> {
  const { request_id: _, ...changes } = proposal;
  await trx
    .insertInto('access_proposal')
    .values(proposal)
    .onConflict((conflict) => conflict.column('request_id').doUpdateSet(changes))
    .execute();
}

/** Takes back what was proposed for a request; nothing happens when nothing was. */
export async function deleteProposal(trx: Db, request_id: string): Promise<void> {
  await trx.deleteFrom('access_proposal').where('request_id', '=', request_id).execute();
}
