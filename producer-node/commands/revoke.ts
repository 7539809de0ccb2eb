import { parseGrantId } from '#catalog-schema';
import { findLiveGrant, revokeGrant } from '../delivery/revoke-grant.ts';
import { refusal } from '../errors.ts';
import { type CommandRun, producerOf } from './command.ts';
import { fromPortal } from './requests.ts';
import { exitCodeOfOutcomes, outcomeText, sendQueued } from './send-queued.ts';

const REASON_MAX = 2000;

/** `sceau-node revoke`: ends an access before its time. */
export const revoke: CommandRun<{ grant: string; reason: string; yes?: boolean }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const ask = options.yes === true ? undefined : context.ask;
  const reason = options.reason.trim();
  if (reason === '' || reason.length > REASON_MAX) throw refusal('bad_option', { option: '--reason', value: reason.slice(0, 40), expected: `1-${REASON_MAX}` });
  const grant_id = readGrantId(options.grant);
  const producer = await producerOf(context);
  const grant = await fromPortal(context, (portal) => findLiveGrant(node, { producer, portal, grant_id }));
  if (ask !== undefined && !(await ask.yesNo(cli.ask_revoke({ grant_id })))) throw refusal('cancelled', {});
  const outcome = await sendQueued(context, await revokeGrant(node, { producer, grant, reason }));
  if (outcome?.state === 'done') screen.say(`${cli.revoked({ grant_id })}\n${cli.revoked_limits}`);
  else if (outcome?.state === 'waiting') screen.say(cli.revocation_queued({ grant_id }));
  const error = outcome === undefined || outcome.state === 'done' ? undefined : outcomeText(context, outcome);
  if (error !== undefined) screen.note(error);
  screen.result({ grant_id, dataset_id: grant.dataset_id, state: outcome?.state === 'done' ? 'revoked' : outcome?.state === 'refused' ? 'refused' : 'queued', ...(error === undefined ? {} : { error }) });
  return exitCodeOfOutcomes(outcome === undefined ? [] : [outcome]);
};

function readGrantId(text: string): string {
  try {
    return parseGrantId(text.trim().toLowerCase());
  } catch (cause) {
    throw refusal('bad_option', { option: 'GRANT', value: text, expected: 'UUID' }, { cause });
  }
}
