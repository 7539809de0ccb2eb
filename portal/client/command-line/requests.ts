import type { Command } from 'commander';
import { fingerprintOf, statementDigest } from '#crypto';
import { stateWord } from './ask.ts';
import type { Run } from './program.ts';
import { dayIn } from './session.ts';

/** `sceau requests`: the consumer's requests and the fingerprint to read out. */
export function addRequests(program: Command, run: Run): void {
  const { say } = run;
  run.explain(program.command('requests').description(say('help.requests')), ['sceau requests', 'sceau requests --json']).action(() =>
    run.inSession(async (session) => {
      const client = await session.client();
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
