import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EnrolmentRow, ProducerRow } from '../db/tables.ts';
import { beginEnrolment, checkEnrolment, type EnrolmentState, findOpenEnrolment, settleFingerprint } from '../delivery/enrol-producer.ts';
import { portalOrigin } from '../delivery/portal-origin.ts';
import { EXIT, NodeError, reasonOf, refusal } from '../errors.ts';
import { type CommandContext, type CommandRun, producerOf } from './command.ts';
import { readDigits } from './read-digits.ts';

/** Options of `sceau-node enrol`. */
export interface EnrolOptions {
  portal: string;
  codeFile?: string;
  fingerprint?: string;
  yes?: boolean;
  wait?: string;
}

const WAIT_ON_TERMINAL_SECONDS = 600;
const WAIT_MAX_SECONDS = 86_400;
const POLL_MS = 2000;

/** `sceau-node enrol`: introduces the producer, has the fingerprint compared, waits for the operator. */
export const enrol: CommandRun<EnrolOptions> = async (context, options) => {
  const { screen, node, ask } = context;
  const { cli } = screen.words;
  const wait = waitSeconds(options.wait, ask !== undefined);
  const expected = options.fingerprint === undefined ? undefined : readDigits(options.fingerprint);
  const url = portalOrigin(options.portal);
  const producer = await producerOf(context);

  const open = await findOpenEnrolment(node, producer, url);
  if (open === undefined) await beginEnrolment(node, { producer, url, code: await readCode(context, options) });
  const enrolment = open ?? (await findOpenEnrolment(node, producer, url));
  if (enrolment === undefined) throw refusal('internal', { reason: 'the enrolment just made is not there' });

  screen.say(`${cli.fingerprint_is}${cli.colon}${enrolment.fingerprint}`);
  const trust = enrolment.trust === 'none' || expected !== undefined ? await compare(context, enrolment, url, expected, options.yes === true) : enrolment.trust;
  const state = await pollState(context, producer, trust === 'none' ? 0 : wait);

  if (trust === 'none') screen.note(screen.words.errors.fingerprint_open({ name: producer.name, fingerprint: enrolment.fingerprint, portal: url }));
  else if (state === 'active') screen.say(`${cli.enrolled({ name: producer.name, portal: url })}\n${cli.next_publish}`);
  else if (state === 'pending') screen.say(cli.still_pending);
  screen.result({ producer_id: producer.producer_id, portal: url, enrolment_id: enrolment.enrolment_id, fingerprint: enrolment.fingerprint, compared: trust === 'compared', state });
  if (state === 'refused') throw refusal('enrolment_refused', { name: producer.name, portal: url });
  return EXIT.ok;
};

async function compare(context: CommandContext, enrolment: EnrolmentRow, url: string, expected: string | undefined, yes: boolean): Promise<EnrolmentRow['trust']> {
  const { screen, node, ask } = context;
  const { cli } = screen.words;
  if (expected !== undefined) {
    if (expected !== enrolment.fingerprint) {
      await settleFingerprint(node, enrolment, 'different');
      throw refusal('fingerprint_differs', { shown: enrolment.fingerprint, given: expected });
    }
    await settleFingerprint(node, enrolment, 'compared');
    screen.note(cli.fingerprint_equal);
    return 'compared';
  }
  if (yes) {
    await settleFingerprint(node, enrolment, 'unchecked');
    screen.warn(cli.not_compared);
    return 'unchecked';
  }
  if (ask === undefined) return 'none';
  screen.note(cli.read_out({ portal: url }));
  if (!(await ask.yesNo(cli.ask_same))) {
    await settleFingerprint(node, enrolment, 'different');
    throw refusal('fingerprint_rejected', {});
  }
  await settleFingerprint(node, enrolment, 'compared');
  return 'compared';
}

async function pollState(context: CommandContext, producer: ProducerRow, wait: number): Promise<EnrolmentState> {
  const deadline = Date.now() + wait * 1000;
  let said = false;
  for (;;) {
    const state = await checkEnrolment(context.node, producer).catch((cause: unknown): EnrolmentState => {
      // While waiting for a person, a portal that pauses is no reason to give up.
      if (cause instanceof NodeError && cause.code === 'portal_away' && Date.now() < deadline) return 'pending';
      throw cause;
    });
    if (state !== 'pending' || Date.now() >= deadline) return state;
    if (!said) context.screen.note(context.screen.words.cli.waiting_for_operator);
    said = true;
    await sleep(POLL_MS);
  }
}

async function readCode({ screen, ask, stdin }: CommandContext, options: EnrolOptions): Promise<string> {
  const { cli } = screen.words;
  let code: string;
  if (options.codeFile !== undefined && options.codeFile !== '-') {
    try {
      code = await readFile(options.codeFile, 'utf8');
    } catch (cause) {
      throw refusal('file_unreadable', { file: options.codeFile, reason: reasonOf(cause) }, { cause });
    }
  } else if (ask !== undefined && options.codeFile === undefined) code = await ask.text(cli.ask_code);
  else code = await readAll(stdin);
  if (code.trim() === '') throw refusal('missing_option', { option: '--code-file', what: cli.ask_code.replace(/[: ]+$/, '') });
  return code.trim();
}

function waitSeconds(text: string | undefined, terminal: boolean): number {
  if (text === undefined) return terminal ? WAIT_ON_TERMINAL_SECONDS : 0;
  const seconds = Number(text);
  if (!/^[0-9]{1,5}$/.test(text) || seconds > WAIT_MAX_SECONDS) throw refusal('bad_option', { option: '--wait', value: text, expected: `0-${WAIT_MAX_SECONDS}` });
  return seconds;
}
