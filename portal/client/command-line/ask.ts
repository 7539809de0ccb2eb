import type { Command } from 'commander';
import { attachRequestKey, printRequestKey } from '../access/attach-request-key.ts';
import { confirmAccessRequest } from '../access/confirm-access-request.ts';
import { checkRequestWords, requestAccess, type RequestContact } from '../access/request-access.ts';
import { findDatasetId } from '../catalogue/find-dataset.ts';
import { ClientError } from '../errors.ts';
import { askPerson, readShortText } from './ask-person.ts';
import type { Run } from './program.ts';
import type { Session } from './session.ts';

interface AskOptions {
  purpose?: string;
  purposeFile?: string;
  name?: string;
  email?: string;
  organisation?: string;
  request?: string;
  print?: boolean;
  codeFile?: string;
  wait: boolean;
}

/** `sceau ask`: asks for access, or attaches the key to a request made on the web. */
export function addAsk(program: Command, run: Run): void {
  const { say } = run;
  const command = program
    .command('ask')
    .description(say('help.ask'))
    .argument('[dataset]', say('help.dataset'))
    .option('--purpose <text>', say('help.ask_purpose'))
    .option('--purpose-file <file>', say('help.ask_purpose_file'))
    .option('--name <name>', say('help.ask_name'))
    .option('--email <address>', say('help.ask_email'))
    .option('--organisation <name>', say('help.ask_organisation'))
    .option('--request <id>', say('help.ask_request'))
    .option('--print', say('help.ask_print'))
    .option('--code-file <file>', say('help.code_file'))
    .option('--no-wait', say('help.ask_wait'));
  run.explain(command, [
    'sceau ask 4f8c… --purpose "Étude sur les délais" --name "Ada Martin" --email ada@exemple.fr',
    'sceau ask --request 91d2…',
    'sceau ask --request 91d2… --print > demande.json',
  ]).action((dataset: string | undefined, options: AskOptions) => run.inSession((session) => (options.request === undefined ? ask(session, dataset, options) : attach(session, dataset, options.request, options))));
}

async function ask(session: Session, dataset: string | undefined, options: AskOptions): Promise<void> {
  if (dataset === undefined) throw new ClientError('bad_input', 'Name a dataset, or a request with --request.', { facts: { value: '--request' } });
  const client = await session.client();
  await client.consumerKeys();
  const dataset_id = await findDatasetId(client, dataset);
  const purpose = (await givenPurpose(options)) ?? (await askPerson(session.say('ask.purpose'))) ?? '';
  const organisation = options.organisation;
  const contact: RequestContact = {
    name: options.name ?? (await askPerson(session.say('ask.name'))) ?? '',
    email: options.email ?? (await askPerson(session.say('ask.email'))) ?? '',
    ...(organisation === undefined ? {} : { organisation }),
  };
  checkRequestWords({ purpose, contact });
  const made = await requestAccess(client, { dataset_id, purpose, contact });
  const code = options.codeFile !== undefined ? await readShortText(options.codeFile) : undefined;
  if (!session.json) {
    session.line(session.say('ask.made', { id: made.request_id }));
    session.line(session.say('ask.fingerprint', { fingerprint: made.fingerprint }));
    if (code === undefined) session.note(session.say('ask.mail', { email: contact.email, id: made.request_id }));
  }
  const typed = code ?? (options.wait && !session.json && made.state === 'draft' ? await askPerson(session.say('ask.code')) : undefined);
  const state = typed === undefined || typed === '' ? made.state : await confirmAccessRequest(client, made.request_id, typed);
  if (session.json) session.result({ ...made, state, dataset_id });
  else if (state !== made.state) session.line(session.say('confirm.done', { id: made.request_id, state: stateWord(session, state) }));
}

async function attach(session: Session, dataset: string | undefined, request_id: string, options: AskOptions): Promise<void> {
  const client = await session.client();
  const purpose = await givenPurpose(options);
  const asked = {
    request_id,
    ...(dataset === undefined ? {} : { dataset_id: await findDatasetId(client, dataset) }),
    ...(purpose === undefined ? {} : { purpose }),
  };
  if (options.print === true) {
    const { pasted, fingerprint } = await printRequestKey(client, asked);
    // The text alone on standard output, so that it can be sent to a file or a clipboard.
    session.result(pasted);
    session.note(session.say('ask.print'));
    session.note(session.say('ask.fingerprint', { fingerprint }));
    return;
  }
  const made = await attachRequestKey(client, asked);
  if (session.json) {
    session.result(made);
    return;
  }
  session.line(session.say('ask.attached', { id: made.request_id }));
  session.line(session.say('ask.signed_purpose', { purpose: made.purpose, dataset: made.dataset_id }));
  session.line(session.say('ask.fingerprint', { fingerprint: made.fingerprint }));
}

/** The state of a request in the session's words. */
export function stateWord(session: Session, state: string): string {
  const known = ['draft', 'submitted', 'awaiting_key', 'approved', 'active', 'refused', 'withdrawn', 'expired'] as const;
  const word = known.find((candidate) => candidate === state);
  return word === undefined ? state : session.say(`state.${word}`);
}

async function givenPurpose(options: AskOptions): Promise<string | undefined> {
  return options.purposeFile === undefined ? options.purpose : readShortText(options.purposeFile);
}
