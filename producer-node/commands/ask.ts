import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { refusal } from '../errors.ts';
import type { Words } from '../words/en.ts';
import { printable } from './printable.ts';
import type { Output } from './screen.ts';

/** Questions on a terminal. Ctrl-C or the end of the input gives up: `cancelled`. */
export interface Ask {
  /** A line; the default is taken for an empty answer, and without one an answer is insisted on unless `optional`. */
  text(question: string, o?: { preset?: string; optional?: boolean }): Promise<string>;
  yesNo(question: string): Promise<boolean>;
  /** One of numbered choices, by its value. */
  choose<T extends string>(question: string, choices: readonly { value: T; label: string }[], preset?: T): Promise<T>;
}

/** Questions on these streams, or undefined when there is no terminal to ask on. */
export function createAsk(o: { stdin: Readable & { isTTY?: boolean }; stderr: Output; words: Words }): Ask | undefined {
  if (o.stdin.isTTY !== true || o.stderr.isTTY !== true) return undefined;
  const { cli } = o.words;

  const line = async (prompt: string): Promise<string> => {
    const readline = createInterface({ input: o.stdin, output: o.stderr });
    const given_up = new AbortController();
    readline.on('SIGINT', () => given_up.abort());
    readline.on('close', () => given_up.abort());
    try {
      return (await readline.question(printable(prompt), { signal: given_up.signal })).trim();
    } catch (cause) {
      throw refusal('cancelled', {}, { cause });
    } finally {
      readline.close();
    }
  };

  return {
    text: async (question, { preset, optional } = {}) => {
      for (;;) {
        const answer = await line(`${question}${preset === undefined ? '' : ` [${preset}]`}${cli.colon}`);
        if (answer !== '') return answer;
        if (preset !== undefined) return preset;
        if (optional === true) return '';
        o.stderr.write(`${cli.answer_needed}\n`);
      }
    },
    yesNo: async (question) => {
      for (;;) {
        const answer = await line(`${question} ${cli.yes_no} `);
        if (answer !== '' && cli.yes_letters.includes(answer.charAt(0))) return true;
        if (answer !== '' && cli.no_letters.includes(answer.charAt(0))) return false;
        o.stderr.write(`${cli.answer_yes_no}\n`);
      }
    },
    choose: async (question, choices, preset) => {
      o.stderr.write(`${question}\n`);
      for (const [index, choice] of choices.entries()) o.stderr.write(`  ${String(index + 1).padStart(2)}  ${printable(choice.label)}\n`);
      const preset_number = choices.findIndex((choice) => choice.value === preset) + 1;
      for (;;) {
        const answer = await line(`${cli.choose_number} (1-${choices.length})${preset_number === 0 ? '' : ` [${preset_number}]`}${cli.colon}`);
        const chosen = choices.find((choice) => choice.value === answer) ?? choices[(answer === '' ? preset_number : Number(answer)) - 1];
        if (chosen !== undefined) return chosen.value;
        o.stderr.write(`${cli.answer_number({ most: choices.length })}\n`);
      }
    },
  };
}
