import { generateAgeIdentity, generateSigningKey, partyIdOf, signKeySet, type SigningKey, type Statement } from '#crypto';
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../../deploy/demo/software-authenticator.ts';
import { completeSignIn } from '../../portal/parties/complete-sign-in.ts';
import { confirmEnrolment } from '../../portal/parties/confirm-enrolment.ts';
import { createNodeCode } from '../../portal/parties/create-node-code.ts';
import { createOperator } from '../../portal/parties/create-operator.ts';
import { findSession, type Member, type Session } from '../../portal/parties/find-session.ts';
import { inviteProducer } from '../../portal/parties/invite-producer.ts';
import { beginConfirmation, beginRegistration } from '../../portal/parties/passkeys/begin-passkey.ts';
import { confirmWithPasskey } from '../../portal/parties/passkeys/confirm-with-passkey.ts';
import { registerPasskey } from '../../portal/parties/passkeys/register-passkey.ts';
import { requestSignIn } from '../../portal/parties/request-sign-in.ts';
import type { Portal } from '../../portal/portal.ts';
import type { Answer, Call } from './portal-call.ts';

/** A producer with all its secret keys, and the node that is its `api` key. */
export interface TestProducer {
  producer_id: string;
  name: string;
  officer_email: string;
  enrolment_id: string;
  fingerprint: string;
  keys: { root: SigningKey; manifest: SigningKey; decide: SigningKey; release: SigningKey; api: SigningKey };
  key_set: Statement;
  recovery: { identity: string; recipient: string };
  intake: { identity: string; recipient: string };
}

/** A consumer with its secret keys: one identity key, one application key, one age delivery key. */
export interface TestConsumer {
  consumer_id: string;
  name: string;
  fingerprint: string;
  identity_key: SigningKey;
  application_key: SigningKey;
  delivery: { identity: string; recipient: string };
  key_set: Statement;
}

/** Somebody signed in: give it to `call` as `session`. */
export interface TestSession {
  cookie: string;
  csrf_token: string;
  member: Member;
}

/** The people and parties of a test; every one is made by the same commands and calls as in earnest. */
export interface Cast {
  /** An invitation with its one-time code, for tests about enrolling. */
  invite(o?: { name?: string; officer_email?: string }): Promise<{ invitation_id: string; code: string }>;
  /** A producer whose node has enrolled; active unless `confirm` is false. */
  enrolProducer(o?: { name?: string; officer_email?: string; confirm?: boolean; api_key?: SigningKey }): Promise<TestProducer>;
  registerConsumer(o?: { name?: string }): Promise<TestConsumer>;
  /** Signs a person in, who becomes a member at the first time. */
  signIn(email: string): Promise<TestSession>;
  /** The same session after its person answered with their passkey, which is registered at the first time: for five minutes they may decide. */
  stepUp(session: TestSession): Promise<TestSession & { authenticator: SoftwareAuthenticator }>;
  /** Signs in an operator, who has stepped up. */
  signInOperator(email?: string): Promise<TestSession>;
  /** Signs in the officer of a producer, who has stepped up. */
  signInOfficer(producer: TestProducer): Promise<TestSession>;
}

/** Makes the cast of one portal. */
export function createCast(portal: Portal, call: (method: string, path: string, o?: Call) => Promise<Answer>): Cast {
  const confirmed = new Set<string>();
  const invite: Cast['invite'] = async (o = {}) => {
    const invitation = { name: o.name ?? 'Ville de Rennes', officer_email: o.officer_email ?? 'claire@rennes.example', officer_name: 'Claire Le Goff' };
    const { invitation_id } = await inviteProducer(portal, { kind: 'command_line' }, invitation);
    const { code } = await createNodeCode(portal, { kind: 'command_line' }, { invitation_id });
    return { invitation_id, code };
  };

  // A person presses one button after the other, also where tests press at once.
  const authenticators = new Map<string, Promise<SoftwareAuthenticator>>();
  const stepUp: Cast['stepUp'] = async (session) => {
    const { email } = session.member;
    const before = authenticators.get(email);
    const answered = Promise.resolve(before).then((known) => answerWith(session, known));
    authenticators.set(email, answered.then(({ authenticator }) => authenticator));
    return answered;
  };
  const answerWith = async (session: TestSession, known: SoftwareAuthenticator | undefined) => {
    const now = await sessionBehind(portal, session);
    const authenticator = known ?? createSoftwareAuthenticator(portal.config.public_origin);
    const member = known === undefined
      ? await registerPasskey(portal, now, { name: 'Téléphone', answer: authenticator.create(await beginRegistration(portal, now)) })
      : await confirmWithPasskey(portal, now, authenticator.get(await beginConfirmation(portal, now)));
    return { ...session, member, authenticator };
  };

  const signIn: Cast['signIn'] = async (email) => {
    const { browser_token } = await requestSignIn(portal, { email, language: 'fr', next_path: '/fr/' });
    const mail = await portal.db.selectFrom('mail').select('text_body').where('to_email', '=', email).orderBy('created_at', 'desc').execute();
    const tokens = mail.flatMap((row) => /\/sign-in\/([A-Za-z0-9_-]+)/.exec(row.text_body)?.[1] ?? []);
    for (const token of tokens) {
      // Under a clock that stands still several mails have one time: the right one is that of this browser.
      const session = await completeSignIn(portal, { token, browser_token }).catch(() => undefined);
      if (session !== undefined) return sessionOf(portal, session.session_token, session.csrf_token);
    }
    throw new Error(`${email} got no link to sign in`);
  };

  return {
    invite,
    signIn,
    stepUp,
    async enrolProducer(o = {}) {
      const wanted = o.name ?? 'Ville de Rennes';
      // Two active producers of one name are refused: a further one is told apart, except where a test confirms it itself.
      const name = o.confirm === false || !confirmed.has(wanted) ? wanted : `${wanted} ${confirmed.size + 1}`;
      if (o.confirm !== false) confirmed.add(name);
      const officer_email = o.officer_email ?? `officier.${portal.newUuid().slice(0, 8)}@rennes.example`;
      const { code } = await invite({ name, officer_email });
      const made = await makeProducerKeys(portal.clock.now(), name, o.api_key);
      const answer = await call('POST', '/api/v1/enrolments', { json: { code, key_sets: [made.key_set] }, ...(o.api_key === undefined ? {} : { as: o.api_key }) });
      if (answer.status !== 201) throw new Error(`the producer was not enrolled: ${answer.text}`);
      const { enrolment_id, fingerprint } = answer.json;
      if (o.confirm !== false) await confirmEnrolment(portal, { kind: 'command_line' }, { enrolment_id, fingerprint });
      return { ...made, name, officer_email, enrolment_id, fingerprint };
    },
    async registerConsumer(o = {}) {
      const made = await makeConsumerKeys(portal.clock.now(), o.name ?? 'Laboratoire mobilité');
      const answer = await call('PUT', `/api/v1/consumers/${made.consumer_id}`, { json: { key_sets: [made.key_set] } });
      if (answer.status !== 200) throw new Error(`the consumer was not registered: ${answer.text}`);
      return { ...made, fingerprint: answer.json.fingerprint };
    },
    async signInOperator(email = 'operatrice@portail.example') {
      await createOperator(portal, { kind: 'command_line' }, { email, name: 'Odile Perrin' });
      return stepUp(await signIn(email));
    },
    signInOfficer: async (producer) => stepUp(await signIn(producer.officer_email)),
  };
}

/** A producer's keys and its self-signed key set of version 1, valid for a year from `now`. */
export async function makeProducerKeys(now: Date, name: string, api_key?: SigningKey) {
  const keys = { root: generateSigningKey(), manifest: generateSigningKey(), decide: generateSigningKey(), release: generateSigningKey(), api: api_key ?? generateSigningKey() };
  const recovery = await generateAgeIdentity();
  const intake = await generateAgeIdentity();
  const payload = {
    v: 1,
    version: 1,
    prev: null,
    name,
    threshold: 1,
    expires_at: inAYear(now),
    keys: Object.entries(keys).map(([role, key]) => ({ jwk: key.public_jwk, roles: [role] })),
    recovery_recipient: recovery.recipient,
    intake_recipient: intake.recipient,
  };
  const key_set = signKeySet('producer-keys+jws', payload, [keys.root]);
  return { producer_id: partyIdOf(key_set), keys, key_set, recovery, intake };
}

/** A consumer's keys and its self-signed key set of version 1, valid for a year from `now`. */
export async function makeConsumerKeys(now: Date, name: string) {
  const identity_key = generateSigningKey();
  const application_key = generateSigningKey();
  const delivery = await generateAgeIdentity();
  const payload = {
    v: 1,
    version: 1,
    prev: null,
    name,
    threshold: 1,
    expires_at: inAYear(now),
    keys: [
      { jwk: identity_key.public_jwk, roles: ['identity'] },
      { jwk: application_key.public_jwk, roles: ['application'] },
    ],
    delivery: [{ form: 'age', key: delivery.recipient }],
  };
  const key_set = signKeySet('consumer-keys+jws', payload, [identity_key]);
  return { consumer_id: partyIdOf(key_set), name, identity_key, application_key, delivery, key_set };
}

function inAYear(now: Date): string {
  return `${new Date(now.getTime() + 365 * 24 * 3600 * 1000).toISOString().slice(0, 19)}Z`;
}

async function sessionBehind(portal: Portal, { cookie }: TestSession): Promise<Session> {
  const session = await findSession(portal, cookie.slice(cookie.indexOf('=') + 1));
  if (session === undefined) throw new Error('this session has ended');
  return session;
}

async function sessionOf(portal: Portal, session_token: string, csrf_token: string): Promise<TestSession> {
  const session = await findSession(portal, session_token);
  if (session === undefined) throw new Error('the session just made is not there');
  const name = portal.config.public_origin.startsWith('https:') ? '__Host-sceau_session' : 'sceau_session';
  return { cookie: `${name}=${session_token}`, csrf_token, member: session.member };
}
