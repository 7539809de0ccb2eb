import type { JudgedRequest } from '../access/judge-request.ts';
import { type CommandContext, dateText } from './command.ts';

/** How the keys behind a request stand: never seen, or confirmed when and how, with devices added since. */
export function standingText({ screen }: CommandContext, { pin, standing }: JudgedRequest): string {
  const { cli } = screen.words;
  if (pin === undefined) return cli.keys_new;
  const known = cli.keys_known({ how: cli[`confirmed_${pin.confirmation}`], when: dateText(pin.confirmed_at, screen.words) });
  return standing.kind === 'extended' ? `${known}\n${cli.keys_extended({ count: standing.added })}` : known;
}
