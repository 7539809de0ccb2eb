import { type Command, Option } from 'commander';
import { fingerprintOf, statementDigest } from '#crypto';
import { stateWord } from './ask.ts';
import type { Run } from './program.ts';
import { dayIn } from './session.ts';

/** `sceau requests`: the consumer's requests and the fingerprint to read out. */
export function addRequests(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('requests')
    .description(say('help.requests'))
    .addOption(new Option('--withdraw <id>', say('help.requests_withdraw')).conflicts('erase'))
    .option('--erase <id>', say('help.requests_erase'));
  run.explain(command, ['sceau requests', 'sceau requests --json', 'sceau requests --withdraw 91d2…']).action((options: { withdraw?: string; erase?: string }) =>
    run.inSession(async (session) => {
      const client = await session.client();
      if (options.withdraw !== undefined || options.erase !== undefined) {
        const id = options.erase ?? options.withdraw ?? '';
        await (options.erase === undefined ? client.withdraw(id) : client.erase(id));
        const done = options.erase === undefined ? 'withdrawn' : 'erased';
        if (session.json) session.result({ request_id: id, [done]: true });
        else session.line(session.say(`requests.${done}`, { id }));
        return;
      }
      const { fingerprint, consumer_id, key_sets } = await client.consumerKeys();
      const newest = key_sets.at(-1);
      // A producer's node asks for these once keys changed otherwise than by an added device.
      const key_set_fingerprint = newest === undefined || key_sets.length === 1 ? null : fingerprintOf(consumer_id, statementDigest(newest));
      const access_requests = await client.requests();
      if (session.json) {
        session.result({ consumer_id, fingerprint, key_set_fingerprint, access_requests });
        return;
      }
      if (access_requests.length === 0) session.note(session.say('requests.none'));
      for (const request of access_requests) {
        session.line(request.title);
        session.line(`  ${request.request_id} · ${dayIn(session.language, request.created_at)} · ${stateWord(session, request.state)}`);
        if (request.decision_note !== null && request.decision_note !== '') session.line(`  ${request.decision_note}`);
      }
      session.line(session.say('ask.fingerprint', { fingerprint }));
      if (key_set_fingerprint !== null) session.line(session.say('ask.key_set_fingerprint', { fingerprint: key_set_fingerprint }));
    }),
  );
}
