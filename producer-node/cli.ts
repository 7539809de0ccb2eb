import { Command, CommanderError } from 'commander';
import type { Readable } from 'node:stream';
import { BackupError } from '#backup';
import { THEME_CODES } from '#catalog-schema';
import { helpIn } from '#client';
import { approve } from './commands/approve.ts';
import { createAsk } from './commands/ask.ts';
import { backup, backupWords, restore } from './commands/backup.ts';
import type { CommandContext, CommandRun } from './commands/command.ts';
import { confirmChanged, showConsumers } from './commands/consumers.ts';
import { deliver } from './commands/deliver.ts';
import { enrol } from './commands/enrol.ts';
import { importRecords } from './commands/import.ts';
import { init } from './commands/init.ts';
import { retireKeys, rotateKeys, showKeys, submitProposal } from './commands/keys.ts';
import { jsonText, printable } from './commands/printable.ts';
import { publish } from './commands/publish.ts';
import { refuse } from './commands/refuse.ts';
import { grants, requests } from './commands/requests.ts';
import { revoke } from './commands/revoke.ts';
import { addRule, dropRule, showRules } from './commands/rules.ts';
import { run } from './commands/run.ts';
import { createScreen, type Output, type Screen } from './commands/screen.ts';
import { makeRoot, type OfflineContext, signKeys } from './commands/sign-keys.ts';
import { status } from './commands/status.ts';
import { usageText } from './commands/usage-text.ts';
import { withdraw } from './commands/withdraw.ts';
import { languageOf, type NodeConfig, readConfig } from './config.ts';
import { databaseRefusal } from './db/database.ts';
import { EXIT, exitCodeOf, NodeError, reasonOf, refusal } from './errors.ts';
import { openNode } from './node.ts';
import { en, type Words } from './words/en.ts';
import { fr } from './words/fr.ts';

/** Where a command line lives: arguments without program names, environment, streams. */
export interface CliSurroundings {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin: Readable & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  /** The node's own HTTP, for `run`. */
  createApp: CommandContext['createApp'];
}

/** Runs one command line to its end; gives the exit code and throws nothing. */
export async function runCli(around: CliSurroundings): Promise<number> {
  const lang = optionValue(around.argv, '--lang');
  const words = languageOf(around.env, lang) === 'en' ? en : fr;
  const json = around.argv.includes('--json');
  let code: number = EXIT.ok;
  const screen = createScreen({ stdout: around.stdout, stderr: around.stderr, words, json });
  const ask = json ? undefined : createAsk({ stdin: around.stdin, stderr: around.stderr, words });
  const runCommand: Runner = async (command, options, wanted_producer) => {
    const node = await openNode(readConfig(around.env));
    try {
      code = await command({ screen, ask, stdin: around.stdin, node, wanted_producer, createApp: around.createApp }, options);
    } finally {
      await node.close();
    }
  };
  const runBare: BareRunner = async (work) => {
    code = await work(screen, readConfig(around.env));
  };
  const runOffline: OfflineRunner = async (work) => {
    code = await work({ screen, ask });
  };
  const program = createProgram(words, around, { runCommand, runBare, runOffline });
  try {
    if (lang !== undefined && lang !== 'fr' && lang !== 'en') throw refusal('bad_option', { option: '--lang', value: lang, expected: 'fr, en' });
    await program.parseAsync([...around.argv], { from: 'user' });
    return code;
  } catch (cause) {
    return showFailure(cause, { words, json, stdout: around.stdout, stderr: around.stderr });
  }
}

type Runner = <Options>(command: CommandRun<Options>, options: Options, wanted_producer: string | undefined) => Promise<void>;

/** For a command that opens no node, because it makes one. */
type BareRunner = (work: (screen: Screen, config: NodeConfig) => Promise<number>) => Promise<void>;

/** For a command of a machine that has no node. */
type OfflineRunner = (work: (context: OfflineContext) => Promise<number>) => Promise<void>;

function createProgram(words: Words, around: CliSurroundings, { runCommand, runBare, runOffline }: { runCommand: Runner; runBare: BareRunner; runOffline: OfflineRunner }): Command {
  const { help } = words;
  const program = new Command('sceau-node');
  const run_ = <Options>(command: CommandRun<Options>, options: Options): Promise<void> => runCommand(command, options, program.opts<{ producer?: string }>().producer);
  program
    .description(help.program)
    .version('0.1.0', '-V, --version', help.version)
    .option('--lang <fr|en>', help.lang)
    .option('--json', help.json)
    .option('--producer <name>', help.producer)
    .addHelpText('after', `\n${help.program_after}`)
    .helpCommand('help [command]', help.help_command);
  prepare(program, words, around);

  const add = (name: string, description: string, after: string, parent = program): Command => {
    const command = parent.command(name).description(description).addHelpText('after', `\n${after}`);
    // The general options are understood after the command as well, where people write them.
    command.option('--lang <fr|en>', help.lang).option('--json', help.json).option('--producer <name>', help.producer);
    command.on('option:producer', (value: string) => void program.setOptionValue('producer', value));
    prepare(command, words, around);
    return command;
  };

  add('init', help.init, help.init_after)
    .requiredOption('--name <name>', help.init_name)
    .option('--domain <domain>', help.init_domain)
    .action((options) => run_(init, options));
  add('enrol', help.enrol, help.enrol_after)
    .requiredOption('--portal <url>', help.enrol_portal)
    .option('--code-file <file>', help.enrol_code_file)
    .option('--fingerprint <digits>', help.enrol_fingerprint)
    .option('-y, --yes', help.enrol_yes)
    .option('--wait <seconds>', help.enrol_wait)
    .action((options) => run_(enrol, options));
  add('publish', help.publish, help.publish_after)
    .argument('<files...>', help.publish_files)
    .option('--title <text>', help.title)
    .option('--summary <text>', help.summary)
    .option('--synopsis <text>', help.synopsis)
    .option('--theme <code>', `${help.theme}${THEME_CODES.join(', ')}`)
    .option('--keyword <words>', help.keyword, collect)
    .option('--licence <code>', help.licence)
    .option('--access <open|restricted>', help.access)
    .option('--custody <portal|producer>', help.custody)
    .option('--period <period>', help.period)
    .option('--bbox <w,s,e,n>', help.bbox)
    .option('--language <tag>', help.language)
    .option('--dataset <id>', help.dataset)
    .option('--new', help.new_dataset)
    .option('--contact-name <name>', help.contact_name)
    .option('--contact-email <address>', help.contact_email)
    .option('--sensitive', help.sensitive)
    .option('-y, --yes', help.yes)
    .option('--no-deliver', help.no_deliver)
    .action((files: string[], options) => run_(publish, { ...options, files }));
  add('import', help.import, help.import_after)
    .argument('<file>', help.import_file)
    .option('--select <word>', help.import_select, collect)
    .option('--limit <count>', help.import_limit)
    .option('--dry-run', help.import_dry_run)
    .option('-y, --yes', help.yes)
    .action((file: string, options) => run_(importRecords, { ...options, file }));
  add('withdraw', help.withdraw, help.withdraw_after)
    .argument('<dataset>', help.withdraw_dataset)
    .option('-y, --yes', help.yes)
    .action((dataset: string, options) => run_(withdraw, { ...options, dataset }));
  add('requests', help.requests, help.requests_after)
    .option('--state <state>', help.requests_state)
    .action((options) => run_(requests, options));
  add('approve', help.approve, help.approve_after)
    .argument('<request>', help.approve_request)
    .option('--until <date|days>', help.approve_until)
    .option('--from <date>', help.approve_from)
    .option('--history', help.approve_history)
    .option('--fingerprint <digits>', help.approve_fingerprint)
    .option('--vouched-by <organisation>', help.approve_vouched_by)
    .option('--note <text>', help.approve_note)
    .option('-y, --yes', help.approve_yes)
    .action((request: string, options) => run_(approve, { ...options, request }));
  add('refuse', help.refuse, help.refuse_after)
    .argument('<request>', help.approve_request)
    .requiredOption('--reason <text>', help.refuse_reason)
    .option('-y, --yes', help.yes)
    .action((request: string, options) => run_(refuse, { ...options, request }));
  const rules = add('rules', help.rules, help.rules_after);
  add('list', help.rules_list, help.rules_after, rules).action(() => run_(showRules, {}));
  add('add', help.rules_add, help.rules_after, rules)
    .option('--dataset <id>', help.rules_dataset)
    .option('--domain <mail domain>', help.rules_domain)
    .option('--anyone', help.rules_anyone)
    .requiredOption('--days <days>', help.rules_days)
    .requiredOption('--first-use <accept|refuse>', help.rules_first_use)
    .action((options) => run_(addRule, options));
  add('remove', help.rules_remove, help.rules_after, rules).argument('<rule>', help.rules_rule).action((rule: string) => run_(dropRule, { rule }));
  const consumers = add('consumers', help.consumers, help.consumers_after);
  add('list', help.consumers_list, help.consumers_after, consumers).action(() => run_(showConsumers, {}));
  add('confirm', help.consumers_confirm, help.consumers_after, consumers)
    .argument('<consumer>', help.consumers_consumer)
    .option('--fingerprint <digits>', help.approve_fingerprint)
    .action((consumer: string, options) => run_(confirmChanged, { ...options, consumer }));
  const keys = add('keys', help.keys, help.keys_after);
  add('list', help.keys_list, help.keys_after, keys).action(() => run_(showKeys, {}));
  add('rotate', help.keys_rotate, help.keys_after, keys)
    .option('--role <role>', help.keys_role, collect)
    .option('--add-root <file>', help.keys_add_root, collect)
    .option('--threshold <count>', help.keys_threshold)
    .option('--replace', help.keys_replace)
    .action((options) => run_(rotateKeys, options));
  add('retire', help.keys_retire, help.keys_after, keys)
    .argument('<keys...>', help.keys_kids)
    .option('--threshold <count>', help.keys_threshold)
    .option('--replace', help.keys_replace)
    .action((kids: string[], options) => run_(retireKeys, { ...options, keys: kids }));
  add('sign', help.keys_sign, help.keys_after, keys)
    .argument('<file>', help.keys_file)
    .requiredOption('--root <file>', help.keys_root_file)
    .option('--fingerprint <digits>', help.keys_fingerprint)
    .action((file: string, options) => runOffline((context) => signKeys(context, { ...options, file })));
  add('root', help.keys_root, help.keys_after, keys)
    .argument('<file>', help.keys_root_out)
    .action((file: string) => runOffline((context) => makeRoot(context, { file })));
  add('submit', help.keys_submit, help.keys_after, keys)
    .argument('[files...]', help.keys_files)
    .option('--anyway', help.keys_anyway)
    .action((files: string[], options) => run_(submitProposal, { ...options, files }));
  for (const [parent, command] of [[rules, showRules], [consumers, showConsumers], [keys, showKeys]] as const) parent.action(() => run_(command, {}));
  add('grants', help.grants, help.grants_after).action(() => run_(grants, {}));
  add('revoke', help.revoke, help.revoke_after)
    .argument('<grant>', help.revoke_grant)
    .requiredOption('--reason <text>', help.revoke_reason)
    .option('-y, --yes', help.yes)
    .action((grant: string, options) => run_(revoke, { ...options, grant }));
  add('status', help.status, help.status_after).action(() => run_(status, {}));
  add('deliver', help.deliver, help.deliver_after).action(() => run_(deliver, {}));
  add('backup', help.backup, help.backup_after)
    .argument('<folder>', backupWords(words).argument_into)
    .requiredOption('--recipient <age1…>', backupWords(words).option_recipient, collect)
    .action((folder: string, options) => run_(backup, { ...options, folder }));
  add('restore', help.restore, help.restore_after)
    .argument('<folder>', backupWords(words).argument_from)
    .requiredOption('--identity <file>', backupWords(words).option_identity)
    .option('--digest <sha256:…>', backupWords(words).option_digest)
    .action((folder: string, options) => runBare((screen, config) => restore(screen, config, { ...options, folder })));
  add('run', help.run, help.run_after).action(() => run_(run, {}));
  return program;
}

/** Help in the reader's language, on the given streams; failures are thrown, never end the process. */
function prepare(command: Command, words: Words, around: CliSurroundings): void {
  const { help } = words;
  const titles: Record<string, string> = { 'Usage:': help.usage_title, 'Options:': help.options_title, 'Arguments:': help.arguments_title, 'Commands:': help.commands_title, 'Global Options:': help.global_options_title };
  command
    .helpOption('-h, --help', help.help)
    .configureHelp(helpIn(words.tag, titles))
    .configureOutput({ writeOut: (text) => void around.stdout.write(text), writeErr: () => undefined, outputError: () => undefined })
    .exitOverride();
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function showFailure(cause: unknown, o: { words: Words; json: boolean; stdout: Output; stderr: Output }): number {
  const { words, json, stdout, stderr } = o;
  if (cause instanceof CommanderError) {
    if (cause.exitCode === 0) return EXIT.ok;
    // Asked nothing, the program teaches.
    const text = cause.code === 'commander.help' ? words.help.program_after : usageText(cause, words);
    stderr.write(`${cause.code === 'commander.help' ? '' : `${words.cli.error}${words.cli.colon}`}${printable(text)}\n`);
    if (json) stdout.write(`${jsonText({ error: { code: 'usage', detail: text } })}\n`);
    return EXIT.usage;
  }
  if (cause instanceof BackupError) {
    const detail = backupWords(words).refusals[cause.code](cause.about);
    stderr.write(`${words.cli.error}${words.cli.colon}${printable(detail)}\n`);
    if (json) stdout.write(`${jsonText({ error: { code: cause.code, detail } })}\n`);
    return cause.code === 'bad_recipient' || cause.code === 'identity_file' ? EXIT.usage : EXIT.failure;
  }
  const known = cause instanceof NodeError ? cause : (databaseRefusal(cause) ?? refusal('internal', { reason: reasonOf(cause) }, { cause }));
  const error = known instanceof NodeError ? known : refusal('internal', { reason: reasonOf(known) });
  const text = error.sentence(words);
  stderr.write(`${words.cli.error}${words.cli.colon}${printable(text)}\n`);
  if (json) stdout.write(`${jsonText({ error: { code: error.code, detail: text } })}\n`);
  return exitCodeOf(error);
}

// The language has to be known before commander can say anything in it.
function optionValue(argv: readonly string[], name: string): string | undefined {
  const index = argv.findIndex((word) => word === name || word.startsWith(`${name}=`));
  if (index === -1) return undefined;
  const word = argv[index] ?? '';
  return word === name ? argv[index + 1] : word.slice(name.length + 1);
}
