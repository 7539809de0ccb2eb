import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { PortalError } from '../../errors.ts';
import { requireText } from '../../fields.ts';
import { appendAct } from '../../log/append-act.ts';
import type { Portal } from '../../portal.ts';
import { actorName } from '../actor-name.ts';
import type { Member, Session } from '../find-session.ts';
import { lockMember } from '../member-store.ts';
import { queueMail } from '../queue-mail.ts';
import { markSteppedUp } from '../session-store.ts';
import { acceptClient } from './accept-client.ts';
import { passkeyMail } from './passkey-mails.ts';
import { passkeyRefused, refusalOf } from './passkey-refused.ts';
import { insertPasskey, listPasskeys } from './passkey-store.ts';
import { type PasskeyAnswer, readAnswer } from './read-answer.ts';
import { PASSKEY_ALGORITHMS, relyingParty } from './relying-party.ts';
import { requireStepUp } from './require-step-up.ts';

/** As many passkeys as anybody has devices. */
export const PASSKEYS_MAX = 20;

/**
 * Registers a passkey for the member of a session: the first one with the session alone, further ones after a step-up. Gives the member,
 * who has stepped up by it. The member is mailed. Refuses with `schema` (`/name`), `forbidden` (`step_up_needed`), `bad_evidence`
 * (`PasskeyRefusal`), `conflict` (`passkey_known`, `too_many_passkeys`).
 */
export async function registerPasskey(portal: Portal, session: Session, input: { name: unknown; answer: string }): Promise<Member> {
  const { member, session_hash } = session;
  const name = requireText(input.name, '/name', { max: 100 });
  const answer = readAnswer(input.answer);
  await acceptClient(portal, answer, { purpose: 'register', bound_to: session_hash });
  const credential = await verifyNew(portal, answer);
  const now = portal.clock.now();
  await portal.db.transaction().execute(async (trx) => {
    await lockMember(trx, member.member_id);
    const known = await listPasskeys(trx, member.member_id);
    // Counted under the lock: a mailbox in foreign hands cannot add one beside the first.
    if (known.length > 0) requireStepUp(portal, member);
    if (known.length >= PASSKEYS_MAX) throw new PortalError('conflict', `Remove a passkey first: there can be ${PASSKEYS_MAX}.`, { reason: 'too_many_passkeys' });
    if (!(await insertPasskey(trx, { ...credential, member_id: member.member_id, name, transports: [...answer.transports], now }))) {
      throw new PortalError('conflict', 'This passkey is registered already.', { reason: 'passkey_known' });
    }
    await markSteppedUp(trx, session_hash, now);
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `register-passkey ${credential.credential_id}`, public: false, actor: actorName(member) });
    await queueMail(trx, portal, { to_email: member.email, ...passkeyMail(portal, { language: member.language, change: 'added', name }) });
  });
  return { ...member, stepped_up_at: now };
}

async function verifyNew(portal: Portal, { id, response, client }: PasskeyAnswer): Promise<{ credential_id: string; public_key: Uint8Array; counter: number }> {
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(portal);
  const { clientDataJSON = '', attestationObject = '' } = response;
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: { clientDataJSON, attestationObject } },
      expectedChallenge: client.challenge,
      expectedOrigin,
      expectedRPID,
      requireUserVerification: false,
      supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
    });
    if (!verified) throw new Error('the attestation does not hold');
    if (!registrationInfo.userVerified) throw passkeyRefused('passkey_not_verified', 'Your device did not check your fingerprint, face or code. Set one up on it, then try again.');
    const { credential } = registrationInfo;
    return { credential_id: credential.id, public_key: credential.publicKey, counter: credential.counter };
  } catch (cause) {
    throw refusalOf(cause);
  }
}
