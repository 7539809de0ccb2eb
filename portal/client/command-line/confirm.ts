import type { Command } from 'commander';
import { ClientError } from '../errors.ts';
import { askPerson, canAsk, readShortText } from './ask-person.ts';
import { stateWord } from './ask.ts';
import type { Run } from './program.ts';

/** `sceau confirm` and `sceau withdraw`: what the requester still does with a request. */
export function addConfirm(program: Command, run: Run): void {
  const { say } = run;
  const confirm = program
    .command('confirm')
    .description(say('help.confirm'))
    .argument('<request>', say('help.confirm_request'))
    .option('--code-file <file>', say('help.code_file'));
  run.explain(confirm, ['sceau confirm 91d2…', 'sceau confirm 91d2… --code-file code.txt']).action((request_id: string, options: { codeFile?: string }) =>
    run.inSession(async (session) => {
      const client = await session.client();
      await client.consumerKeys();
      // Without a keyboard the code is expected on standard input: arguments can be read by other users of the machine.
      const path = options.codeFile ?? (canAsk() ? undefined : '-');
      const code = path === undefined ? await askPerson(session.say('confirm.code')) : await readShortText(path);
      if (code === undefined || code === '') throw new ClientError('bad_input', 'No code was given.', { facts: { value: '--code-file' } });
      const state = await client.confirm(request_id, code);
      if (session.json) session.result({ request_id, state });
      else session.line(session.say('confirm.done', { id: request_id, state: stateWord(session, state) }));
    }),
  );

  const withdraw = program.command('withdraw').description(say('help.withdraw')).argument('<request>', say('help.confirm_request'));
  run.explain(withdraw, ['sceau withdraw 91d2…']).action((request_id: string) =>
    run.inSession(async (session) => {
      await (await session.client()).withdraw(request_id);
      if (session.json) session.result({ request_id, state: 'withdrawn' });
      else session.line(session.say('withdraw.done', { id: request_id }));
    }),
  );
}
