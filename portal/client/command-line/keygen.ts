import type { Command } from 'commander';
import { hostname } from 'node:os';
import { generateConsumerKeys, saveConsumerKeys } from '../home/consumer-keys.ts';
import type { Run } from './program.ts';

/** `sceau keygen`: makes the consumer's keys, once. */
export function addKeygen(program: Command, run: Run): void {
  const { say } = run;
  run.explain(program.command('keygen').description(say('help.keygen')).option('--name <name>', say('help.keygen_name')), [
    'sceau keygen --name "Bureau d\'études, poste 3"',
  ]).action((options: { name?: string }) =>
    run.inSession(async (session) => {
      const home = await session.home();
      const keys = await generateConsumerKeys(options.name ?? hostname(), new Date());
      await saveConsumerKeys(home, keys);
      if (session.json) {
        session.result({ consumer_id: keys.consumer_id, name: keys.name, fingerprint: keys.fingerprint, recipient: keys.recipient, home: home.path });
        return;
      }
      session.line(session.say('keygen.made', { path: home.path }));
      session.line(`${session.say('keygen.consumer')}  ${keys.consumer_id}`);
      session.line(`${session.say('keygen.fingerprint')}  ${keys.fingerprint}`);
      session.note(session.say('keygen.read_out'));
      session.note(session.say('keygen.backup'));
    }),
  );
}
