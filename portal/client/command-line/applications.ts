import { type Command, Option } from 'commander';
import type { Scope } from '#catalog-schema';
import { thumbprint } from '#crypto';
import { addApplication, applicationsOf, findApplication, retireApplication, SCOPES } from '../access/application-changes.ts';
import { changeKeySet } from '../access/change-key-set.ts';
import { followOwnKeys } from '../access/follow-own-keys.ts';
import { makeApplicationKeys, readApplicationKey } from '../home/application-key.ts';
import type { Run } from './program.ts';
import type { Session } from './session.ts';

interface AddOptions {
  key?: string;
  out?: string;
  scope?: Scope[];
}

/** `sceau applications`: programs that call in the consumer's name: list, add with scopes, retire. */
export function addApplications(program: Command, run: Run): void {
  const { say } = run;
  const applications = program.command('applications').description(say('help.applications'));
  run.explain(applications, ['sceau applications', 'sceau applications add "Tableau de bord"', 'sceau applications retire "Tableau de bord"']).action(() => run.inSession(list));
  const add = applications
    .command('add')
    .description(say('help.applications_add'))
    .argument('<name>', say('help.applications_name'))
    .option('--key <file>', say('help.applications_key'))
    .option('--out <file>', say('help.applications_out'))
    .addOption(new Option('--scope <scope...>', say('help.applications_scope')).choices(SCOPES));
  run.explain(add, ['sceau applications add "Tableau de bord"', 'sceau applications add Entrepôt --scope packages:read grants:read', 'sceau applications add Serveur --key public.pem']).action((name: string, options: AddOptions) => run.inSession((session) => addOne(session, name, options)));
  applications.command('retire').description(say('help.applications_retire')).argument('<application>', say('help.applications_application')).action((text: string) => run.inSession((session) => retire(session, text)));
}

async function list(session: Session): Promise<void> {
  const { newest, consumer_id } = await followOwnKeys(await session.client());
  const applications = applicationsOf(newest);
  if (session.json) {
    session.result({ consumer_id, applications });
    return;
  }
  if (applications.length === 0) session.note(session.say('applications.none'));
  for (const { kid, name, scopes } of applications) session.line(`${kid.slice(0, 8)}  ${name}  ${scopes.join(' ')}`);
  session.note(session.say('applications.page'));
}

async function addOne(session: Session, name: string, options: AddOptions): Promise<void> {
  const client = await session.client();
  await client.consumerKeys();
  const scopes = options.scope ?? ['catalogue:read', 'grants:read'];
  const path = options.out ?? 'application.pem';
  const made = options.key === undefined ? await makeApplicationKeys(path, { opens: scopes.includes('packages:read') }) : await readApplicationKey(options.key);
  const { newest, consumer_id } = await changeKeySet(client, (set) => addApplication(set, { jwk: made.jwk, name, scopes, recipient: made.recipient }));
  const kid = thumbprint(made.jwk);
  if (session.json) {
    session.result({ state: 'added', kid, name, scopes, files: made.files, consumer_id, version: newest.version });
    return;
  }
  session.line(session.say('applications.added', { name, scopes: scopes.join(' '), kid }));
  for (const file of made.files) session.line(session.say('applications.file', { path: file }));
}

async function retire(session: Session, text: string): Promise<void> {
  const client = await session.client();
  const application = findApplication((await followOwnKeys(client)).newest, text);
  await changeKeySet(client, (set) => (applicationsOf(set).some(({ kid }) => kid === application.kid) ? retireApplication(set, application.kid) : undefined));
  if (session.json) session.result({ state: 'retired', kid: application.kid, name: application.name });
  else session.line(session.say('applications.retired', { name: application.name === '' ? application.kid : application.name }));
}
