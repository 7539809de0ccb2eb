import type { PasskeyChallengeTable } from '../../db/tables.ts';
import type { Db } from '../../portal.ts';

/** What an answer to a challenge is for; an answer for one purpose is worth nothing for another. */
export type PasskeyPurpose = PasskeyChallengeTable['purpose'];

/** A challenge and whom it was given to: the hash of a session, or of the mark of a browser that signs in. */
export interface GivenChallenge {
  challenge: string;
  purpose: PasskeyPurpose;
  bound_to: string;
}

/** Keeps a challenge that is about to be given out. */
export async function insertChallenge(db: Db, row: GivenChallenge & { expires_at: Date }): Promise<void> {
  await db.insertInto('passkey_challenge').values(row).execute();
}

/** Spends a challenge; false when it was never given to this one for this purpose, has expired, or was spent. Of those who race, one gets true. */
export async function spendChallenge(db: Db, o: GivenChallenge & { now: Date }): Promise<boolean> {
  const spent = await db
    .deleteFrom('passkey_challenge')
    .where('challenge', '=', o.challenge)
    .where('purpose', '=', o.purpose)
    .where('bound_to', '=', o.bound_to)
    .where('expires_at', '>', o.now)
    .returning('challenge')
    .executeTakeFirst();
  return spent !== undefined;
}
