import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** What a gate needs to know of a grant. */
export interface LiveGrant {
  grant_id: string;
  epoch_from: number;
  epoch_to: number | null;
  history: boolean;
  ends_at: Date;
}

/**
 * A grant of this consumer for this dataset (`only` one for this epoch, `only` this grant) that is neither revoked nor outside its dates at `now`, the one
 * that ends last; undefined otherwise. The act of its end counts whatever the grant's own row says: that act can neither be changed nor
 * deleted by the web process. Consumer and producer must be active. Decided by the dates, never by a periodic job.
 */
export async function liveGrantFor(db: Db, consumer_id: string, dataset_id: string, now: Date, only: { epoch?: number; grant_id?: string } = {}): Promise<LiveGrant | undefined> {
  const { epoch } = only;
  return db
    .selectFrom('access_grant')
    .innerJoin('consumer', 'consumer.consumer_id', 'access_grant.consumer_id')
    .innerJoin('producer', 'producer.producer_id', 'access_grant.producer_id')
    .select(['access_grant.grant_id', 'access_grant.epoch_from', 'access_grant.epoch_to', 'access_grant.history', 'access_grant.ends_at'])
    .where('access_grant.consumer_id', '=', consumer_id)
    .where('access_grant.dataset_id', '=', dataset_id)
    .where('access_grant.state', '=', 'active')
    .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM log_act WHERE log_act.about_digest = access_grant.digest AND log_act.type IN ('revocation', 'expiry'))`)
    .where('access_grant.starts_at', '<=', now)
    .where('access_grant.ends_at', '>', now)
    .where('consumer.state', '=', 'active')
    .where('producer.state', '=', 'active')
    .$if(only.grant_id !== undefined, (found) => found.where('access_grant.grant_id', '=', only.grant_id ?? ''))
    .$if(epoch !== undefined, (found) =>
      found
        .where((eb) => eb.or([eb('access_grant.history', '=', true), eb('access_grant.epoch_from', '<=', epoch ?? 0)]))
        .where((eb) => eb.or([eb('access_grant.epoch_to', 'is', null), eb('access_grant.epoch_to', '>=', epoch ?? 0)])),
    )
    .orderBy('access_grant.ends_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}
