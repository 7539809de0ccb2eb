import { Command, CommanderError, Option } from 'commander';
import { BACKUP_WORDS } from '#backup';
import { helpIn } from '#client';
import { readLanguage } from '../config.ts';
import { backup, restore } from './commands/backup.ts';
import { confirmNode } from './commands/confirm-node.ts';
import { createKeys } from './commands/create-keys.ts';
import { doctor } from './commands/doctor.ts';
import { migrateDatabase } from './commands/migrate-database.ts';
import { createOperatorCommand, inviteProducerCommand, nodeCodeCommand } from './commands/party-commands.ts';
import { purge } from './commands/purge.ts';
import { resetPasskeysCommand } from './commands/reset-passkeys-command.ts';
import { rotateKeys } from './commands/rotate-keys.ts';
import { runBrokerProcess } from './commands/run-broker-process.ts';
import { serve } from './commands/serve.ts';
import { EXIT, explainError } from './explain-error.ts';
import { type Outcome, type Session, type Terminal, wordsOf } from './terminal.ts';

/** Runs `sceau-portal` with its arguments (without node and script); gives the exit code: 0 done, 1 failed, 2 wrong arguments or settings. */
export async function runOperatorCommand(args: readonly string[], terminal: Terminal, createApp: Session['createApp']): Promise<number> {
  const session: Session = { terminal, createApp, lang: readLanguage(chosenLanguage(args), terminal.env), words: wordsOf('fr'), json: args.includes('--json') };
  session.words = wordsOf(session.lang);
  let exit_code: number = EXIT.ok;
  const run = (work: () => Promise<Outcome>) => async () => {
    const outcome = await work();
    if (session.json) terminal.out(JSON.stringify(outcome.json));
    else for (const line of outcome.lines) terminal.out(line);
    exit_code = outcome.exit_code ?? EXIT.ok;
  };
  try {
    await describe(session, run).parseAsync([...args], { from: 'user' });
    return exit_code;
  } catch (error) {
    if (error instanceof CommanderError) return sayUsage(session, error);
    return explainError(session, error);
  }
}

type Run = (work: () => Promise<Outcome>) => () => Promise<void>;

function describe(session: Session, run: Run): Command {
  const { words } = session;
  const program = prepare(new Command('sceau-portal'), session);
  program.description(words.about).helpCommand('help [command]', words.command_help).version('0.1.0', '-V, --version', words.option_version);
  program.addHelpText('after', `\n${words.environment}\n\n${words.exit_codes}`);
  const add = (name: string, about: string, examples: readonly string[]) => {
    const command = prepare(program.command(name), session).description(about);
    command.addHelpText('after', `\n${words.examples_title}\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${words.exit_codes}`);
    return command;
  };

  add('migrate', words.migrate.about, ['sceau-portal migrate', 'sceau-portal migrate --web-role sceau_web --broker-role sceau_broker'])
    .option('--web-role <role>', words.migrate.web_role)
    .option('--broker-role <role>', words.migrate.broker_role)
    .action((options: { webRole?: string; brokerRole?: string }) => run(() => migrateDatabase(session, options))());

  add('create-keys', words.create_keys.about, ['sceau-portal create-keys', 'sceau-portal create-keys --log-origin data.example.org/log'])
    .option('--log-origin <name>', words.create_keys.log_origin)
    .action((options: { logOrigin?: string }) => run(() => createKeys(session, options))());

  add('rotate-keys', words.rotate_keys.about, ['sceau-portal rotate-keys --root /media/safe/root.jwk'])
    .requiredOption('--root <file>', words.rotate_keys.root)
    .action((options: { root: string }) => run(() => rotateKeys(session, options))());

  add('create-operator', words.create_operator.about, ['sceau-portal create-operator --email odile@example.org --name "Odile Perrin"'])
    .requiredOption('--email <address>', words.create_operator.email)
    .requiredOption('--name <name>', words.create_operator.name)
    .addOption(new Option('--language <code>', words.create_operator.language).choices(['fr', 'en']))
    .action((options: { email: string; name: string; language?: string }) => run(() => createOperatorCommand(session, options))());

  add('invite-producer', words.invite_producer.about, ['sceau-portal invite-producer --name "Ville de Rennes" --officer-email claire@example.org --officer-name "Claire Le Goff"'])
    .requiredOption('--name <name>', words.invite_producer.name)
    .requiredOption('--officer-email <address>', words.invite_producer.officer_email)
    .requiredOption('--officer-name <name>', words.invite_producer.officer_name)
    .action((options: { name: string; officerEmail: string; officerName: string }) => run(() => inviteProducerCommand(session, options))());

  add('node-code', words.node_code.about, ['sceau-portal node-code 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84'])
    .argument('<invitation_id>', words.node_code.invitation)
    .action((invitation_id: string) => run(() => nodeCodeCommand(session, invitation_id))());

  add('confirm-node', words.confirm_node.about, ['sceau-portal confirm-node', 'sceau-portal confirm-node --fingerprint "12345 67890 12345 67890 12345 67890"', 'sceau-portal confirm-node 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --refuse'])
    .argument('[enrolment_id]', words.confirm_node.enrolment)
    .option('--fingerprint <digits>', words.confirm_node.fingerprint)
    .option('--refuse', words.confirm_node.refuse)
    .action((enrolment_id: string | undefined, options: { fingerprint?: string; refuse?: boolean }) => run(() => confirmNode(session, enrolment_id, options))());

  const shared = BACKUP_WORDS[session.lang];
  add('backup', words.backup.about, ['sceau-portal backup /srv/backups/2026-11-24 --recipient age1…', 'sceau-portal backup /srv/backups/2026-11-24 --recipient age1… --bodies list'])
    .argument('<folder>', shared.argument_into)
    .requiredOption('--recipient <age1…>', shared.option_recipient, collect)
    .addOption(new Option('--bodies <how>', words.backup.bodies_option).choices(['copy', 'list']))
    .action((folder: string, options: { recipient: string[]; bodies?: 'copy' | 'list' }) => run(() => backup(session, folder, options))());

  add('restore', words.restore.about, ['sceau-portal restore /srv/backups/2026-11-24 --identity operator.txt', 'sceau-portal restore /srv/backups/2026-11-24 --identity operator.txt --digest sha256:… --checkpoint seen-by-a-node.txt'])
    .argument('<folder>', shared.argument_from)
    .requiredOption('--identity <file>', shared.option_identity)
    .option('--digest <sha256:…>', shared.option_digest)
    .option('--checkpoint <file>', words.restore.checkpoint, collect)
    .action((folder: string, options: { identity: string; digest?: string; checkpoint?: string[] }) => run(() => restore(session, folder, options))());

  add('reset-passkeys', words.reset_passkeys.about, ['sceau-portal reset-passkeys --email odile@example.org'])
    .requiredOption('--email <address>', words.reset_passkeys.email)
    .action((options: { email: string }) => run(() => resetPasskeysCommand(session, options))());

  add('serve', words.serve.about, ['sceau-portal serve']).action(() => run(() => serve(session))());
  add('broker', words.broker.about, ['sceau-portal broker']).action(() => run(() => runBrokerProcess(session))());
  add('purge', words.purge.about, ['sceau-portal purge', 'sceau-portal purge --json']).action(() => run(() => purge(session))());
  add('doctor', words.doctor.about, ['sceau-portal doctor', 'sceau-portal doctor --json']).action(() => run(() => doctor(session))());
  return program;
}

/** What every command has: language, JSON, help in that language, and no ending of the process by itself. */
function prepare(command: Command, { words, terminal, lang }: Session): Command {
  const titles: Readonly<Record<string, string>> = { 'Usage:': words.usage_title, 'Options:': words.options_title, 'Arguments:': words.arguments_title, 'Commands:': words.commands_title };
  return command
    .addOption(new Option('--lang <code>', words.option_lang).choices(['fr', 'en']))
    .option('--json', words.option_json)
    .helpOption('-h, --help', words.option_help)
    .configureHelp(helpIn(lang, titles))
    .configureOutput({ writeOut: (text) => terminal.out(text.replace(/\n$/, '')), writeErr: () => undefined, outputError: () => undefined })
    .exitOverride();
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function sayUsage(session: Session, error: CommanderError): number {
  const { words, terminal } = session;
  if (error.exitCode === 0) return EXIT.ok;
  // `sceau-portal` alone: commander asks for the help, which was already written.
  const token = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const detail = error.code === 'commander.help' ? words.usage_hint : (words.usage_errors[error.code]?.(token) ?? error.message.replace(/^error: /, ''));
  if (session.json) terminal.err(JSON.stringify({ error: { code: 'usage', detail } }));
  else terminal.err(error.code === 'commander.help' ? detail : `${words.error} ${detail}\n${words.usage_hint}`);
  return EXIT.usage;
}

/** `--lang` is needed before the arguments are parsed: their very description is in that language. */
function chosenLanguage(args: readonly string[]): string | undefined {
  const at = args.indexOf('--lang');
  return args.find((arg) => arg.startsWith('--lang='))?.slice('--lang='.length) ?? (at === -1 ? undefined : args[at + 1]);
}
