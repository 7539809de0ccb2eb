import type { CommanderError } from 'commander';
import { sayHelpTerm } from '#client';
import type { Words } from '../words/en.ts';

/** What is wrong with a command line, in the reader's language. */
export function usageText(error: CommanderError, { cli, tag }: Words): string {
  // The library says it in English; the quoted part is what matters.
  const [, quoted = ''] = /'([^']*)'/.exec(error.message) ?? [];
  const flag = quoted.replace(/^(?:-\w, )?(--[\w-]+).*$/, '$1');
  switch (error.code) {
    case 'commander.unknownOption':
      return cli.unknown_option({ option: quoted });
    case 'commander.unknownCommand':
      return cli.unknown_command({ command: quoted });
    case 'commander.optionMissingArgument':
      return cli.option_needs_value({ option: flag });
    case 'commander.missingMandatoryOptionValue':
      return cli.argument_missing({ name: flag });
    case 'commander.missingArgument':
      return cli.argument_missing({ name: sayHelpTerm(tag, quoted) });
    case 'commander.excessArguments':
      return cli.too_many_arguments;
    default:
      return error.message.replace(/^error: /, '');
  }
}
