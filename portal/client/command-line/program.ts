import { Command, CommanderError, Option } from 'commander';
import type { Language } from '../client.ts';
import type { ClientConfig } from '../config.ts';
import { helpIn } from '../words/help-terms.ts';
import { type Say, wordsOf } from '../words/words.ts';
import { addApplications } from './applications.ts';
import { addAsk } from './ask.ts';
import { addConfirm } from './confirm.ts';
import type { ExitCode } from './exit-code.ts';
import { explainError } from './explain-error.ts';
import { addGet } from './get.ts';
import { addGrants } from './grants.ts';
import { addDevices } from './devices.ts';
import { addKeys } from './keys.ts';
import { addKeygen } from './keygen.ts';
import { addPackages } from './packages.ts';
import { addOpen } from './open.ts';
import { jsonLine, printable } from './printable.ts';
import { addRequests } from './requests.ts';
import { addSearch } from './search.ts';
import { createSession, type GlobalOptions, type Session } from './session.ts';
import { addShow } from './show.ts';
import { addSignedCalls } from './signed-calls.ts';
import { addTrust } from './trust.ts';
import { usageError } from './usage-error.ts';
import { addVerify } from './verify.ts';

/** What a command needs while it is declared. */
export interface Run {
  readonly say: Say;
  /** Adds examples to a command's help. */
  explain(command: Command, examples: readonly string[]): Command;
  /** Runs the command's work; whatever it throws is explained and becomes the exit code. */
  inSession(work: (session: Session) => Promise<void>): Promise<void>;
}

/** Runs one command line and returns its exit code; nothing is thrown. */
export async function runCommandLine(args: readonly string[], config: ClientConfig, o: { version: string; signal: AbortSignal }): Promise<ExitCode> {
  const language = askedLanguage(args) ?? config.language;
  const say = wordsOf(language);
  const program = new Command('sceau');
  let code: ExitCode = 0;

  const run: Run = {
    say,
    explain: (command, examples) => command.addHelpText('after', `\n${say('help.examples')}\n${examples.map((example) => `  ${example}`).join('\n')}`),
    inSession: async (work) => {
      const options = program.opts<GlobalOptions>();
      const session = createSession({ ...config, language }, options, o.signal);
      try {
        await work(session);
      } catch (error) {
        const explained = explainError(error, say, language);
        process.stderr.write(session.json ? `${jsonLine(explained.json)}\n` : explained.lines.map((line) => `${printable(line)}\n`).join(''));
        code = explained.exit_code;
      }
    },
  };

  program
    .description(say('help.program'))
    .helpOption('-h, --help', say('help.help_option'))
    .helpCommand('help [command]', say('help.help_command'))
    .version(o.version, '-V, --program-version', say('help.version_option'))
    .option('--portal <url>', say('help.portal'))
    .addOption(new Option('--lang <language>', say('help.lang')).choices(['fr', 'en']))
    .option('--json', say('help.json'))
    .option('--quiet', say('help.quiet'))
    .option('--insecure', say('help.insecure'))
    .addHelpText('after', `\n${say('help.program_after')}`)
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const add of [addSearch, addShow, addGet, addVerify, addKeygen, addAsk, addConfirm, addRequests, addGrants, addOpen, addKeys, addDevices, addApplications, addPackages, addSignedCalls, addTrust]) add(program, run);
  localise(program, say, language);

  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version come this way too, with exit code 0.
    if (error.exitCode !== 0) code = 2;
  }
  return code;
}

/** The language that the arguments ask for, found before they are parsed, since help needs it. */
function askedLanguage(args: readonly string[]): 'fr' | 'en' | undefined {
  for (const [index, argument] of args.entries()) {
    const value = argument === '--lang' ? args[index + 1] : argument.startsWith('--lang=') ? argument.slice('--lang='.length) : undefined;
    if (value === 'fr' || value === 'en') return value;
  }
  return undefined;
}

function localise(command: Command, say: Say, language: Language): void {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': say('help.usage'),
    'Arguments:': say('help.arguments'),
    'Options:': say('help.options'),
    'Commands:': say('help.commands'),
    'Global Options:': say('help.global_options'),
  };
  command.exitOverride();
  command.helpOption('-h, --help', say('help.help_option'));
  command.configureHelp({ ...helpIn(language, titles), showGlobalOptions: command.parent !== null, helpWidth: 100 });
  command.configureOutput({
    outputError: (text, write) => {
      const help = say('error.see_help', { command: command.parent === null ? '' : command.name() }).replace('  ', ' ');
      write(`${say('error.usage', { why: printable(usageError(text, say, language)) })}\n${help}\n`);
    },
  });
  for (const child of command.commands) localise(child, say, language);
}
