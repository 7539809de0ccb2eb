import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Delivery } from '#catalog-schema';
import { type DeliverySecret, deliveryFingerprint } from '#crypto';
import { answerChallenge, answerIn, challengeDeliveryKey, type KeyChallenge } from '../access/challenge-delivery-key.ts';
import { changeKeySet } from '../access/change-key-set.ts';
import { followOwnKeys } from '../access/follow-own-keys.ts';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { readJwkFile, readOpenpgpFile } from '../home/delivery-file.ts';
import { writeError } from '../resources/file-error.ts';
import { shellWord } from './printable.ts';
import { askPerson, readShortText } from './ask-person.ts';
import type { Run } from './program.ts';
import { dayIn, type Session } from './session.ts';

interface AddOptions {
  openpgp?: string;
  jwk?: string;
  name?: string;
  answerFile?: string;
}

/** `sceau keys`: the keys to which content keys are sealed: list, add one of gpg or of another program, retire. */
export function addKeys(program: Command, run: Run): void {
  const { say } = run;
  const keys = program.command('keys').description(say('help.keys'));
  run.explain(keys, ['sceau keys', 'gpg --export --armor ada@exemple.fr > ada.asc && sceau keys add --openpgp ada.asc', 'sceau keys retire 48211']).action(() => run.inSession(list));
  const add = keys
    .command('add')
    .description(say('help.keys_add'))
    .option('--openpgp <file>', say('help.keys_openpgp'))
    .option('--jwk <file>', say('help.keys_jwk'))
    .option('--name <name>', say('help.keys_name'))
    .option('--answer-file <file>', say('help.keys_answer'));
  run.explain(add, ['sceau keys add --openpgp ada.asc', 'gpg -d sceau-challenge.asc | sceau keys add --openpgp ada.asc --answer-file -', 'sceau keys add --jwk key.jwk']).action((options: AddOptions) => run.inSession((session) => addKey(session, options)));
  keys.command('retire').description(say('help.keys_retire')).argument('<key>', say('help.keys_key')).action((key: string) => run.inSession((session) => retireKey(session, key)));
}

async function list(session: Session): Promise<void> {
  const client = await session.client();
  const { newest, recipient, consumer_id } = await followOwnKeys(client);
  if (session.json) {
    session.result({ consumer_id, version: newest.version, expires_at: newest.expires_at, delivery: newest.delivery.map((delivery) => ({ ...delivery, fingerprint: deliveryFingerprint(delivery), own: delivery.key === recipient })) });
    return;
  }
  for (const delivery of newest.delivery) for (const line of keyLines(session, delivery, delivery.key === recipient)) session.line(line);
  session.note(session.say('keys.until', { date: dayIn(session.language, newest.expires_at) }));
}

function keyLines(session: Session, delivery: Delivery, own: boolean): string[] {
  const facts = [delivery.form, ...(own ? [session.say('keys.own')] : []), ...(delivery.not_after === undefined ? [] : [session.say('keys.ends', { date: dayIn(session.language, delivery.not_after) })])];
  return [`${deliveryFingerprint(delivery)}  ${delivery.name ?? ''}`.trimEnd(), `  ${facts.join(' · ')}`];
}

async function addKey(session: Session, options: AddOptions): Promise<void> {
  if ((options.openpgp === undefined) === (options.jwk === undefined)) throw new ClientError('bad_input', 'Give --openpgp FILE or --jwk FILE.', { facts: { value: '--openpgp | --jwk' } });
  const client = await session.client();
  await client.consumerKeys();
  const { delivery, secret } = await readKey(options, client.now());
  const fingerprint = deliveryFingerprint(delivery);
  const answer = await obtainAnswer(session, client, { delivery, fingerprint, secret, options });
  if (answer === undefined) return;
  // A key that stands in the set already is shown to this portal only: another one asked before.
  const { newest } = await changeKeySet(client, (set) => (isIn(set.delivery, fingerprint) ? undefined : { keys: set.keys, delivery: [...set.delivery, delivery] }), { answers: [answer] });
  if (session.json) session.result({ state: 'added', form: delivery.form, fingerprint, version: newest.version, not_after: delivery.not_after ?? null });
  else session.line(session.say('keys.added', { fingerprint }));
}

async function readKey(options: AddOptions, now: Date): Promise<{ delivery: Delivery; secret?: DeliverySecret }> {
  if (options.openpgp !== undefined) return { delivery: await readOpenpgpFile(options.openpgp, options.name ?? 'OpenPGP', now) };
  return readJwkFile(options.jwk ?? '', options.name ?? 'JWK');
}

/** The answer to a challenge for the key; undefined when the challenge was written to a file for another program to open first. */
async function obtainAnswer(session: Session, client: Client, o: { delivery: Delivery; fingerprint: string; secret: DeliverySecret | undefined; options: AddOptions }): Promise<string | undefined> {
  const { delivery, fingerprint, secret, options } = o;
  if (options.answerFile !== undefined) return answerIn(await readShortText(options.answerFile));
  const challenge = await challengeDeliveryKey(client, delivery, fingerprint);
  if (secret !== undefined) return answerChallenge(client, challenge, secret);
  const path = delivery.form === 'openpgp' ? 'sceau-challenge.asc' : 'sceau-challenge.jwe.json';
  await writeChallenge(path, challenge);
  const key_file = shellWord(options.openpgp ?? options.jwk ?? '');
  const command = delivery.form === 'openpgp' ? `gpg -d ${path} | sceau keys add --openpgp ${key_file} --answer-file -` : `jose jwe dec -i - -k … < ${path} | sceau keys add --jwk ${key_file} --answer-file -`;
  if (session.json) {
    session.result({ state: 'challenged', form: delivery.form, fingerprint, challenge: path });
    return undefined;
  }
  session.line(session.say('keys.challenge', { path, fingerprint }));
  session.line(`  ${command}`);
  const typed = await askPerson(session.say('keys.answer'));
  return typed === undefined || typed === '' ? undefined : answerIn(typed);
}

async function writeChallenge(path: string, { bytes }: KeyChallenge): Promise<void> {
  try {
    await writeFile(path, bytes, { mode: 0o600 });
  } catch (cause) {
    throw writeError(cause, path);
  }
}

async function retireKey(session: Session, text: string): Promise<void> {
  const client = await session.client();
  const { newest } = await followOwnKeys(client);
  const found = oneKey(newest.delivery, text);
  const fingerprint = deliveryFingerprint(found);
  if (found.device !== undefined) throw new ClientError('bad_input', 'This key belongs to a device; retire the device.', { reason: 'key_of_device', facts: { value: found.name ?? fingerprint } });
  await changeKeySet(client, (set) => (isIn(set.delivery, fingerprint) ? { keys: set.keys, delivery: set.delivery.filter((delivery) => deliveryFingerprint(delivery) !== fingerprint) } : undefined));
  if (session.json) session.result({ state: 'retired', fingerprint });
  else session.line(session.say('keys.retired', { fingerprint }));
}

/** The one delivery key whose thirty digits begin with those given; `key_unknown` when there is none or several. */
function oneKey(delivery: readonly Delivery[], text: string): Delivery {
  const digits = text.replaceAll(/\s/g, '');
  const found = /^\d{5,30}$/.test(digits) ? delivery.filter((one) => deliveryFingerprint(one).replaceAll(' ', '').startsWith(digits)) : [];
  const [only] = found;
  if (only === undefined || found.length > 1) throw new ClientError('key_unknown', `${text} names none of your keys.`, { facts: { value: text } });
  return only;
}

function isIn(delivery: readonly Delivery[], fingerprint: string): boolean {
  return delivery.some((one) => deliveryFingerprint(one) === fingerprint);
}
