import type { Readable } from 'node:stream';
import type { createApp } from '../app.ts';
import type { ProducerRow } from '../db/tables.ts';
import { findProducer } from '../keys/find-producer.ts';
import type { ProducerNode } from '../node.ts';
import type { Ask } from './ask.ts';
import type { Screen } from './screen.ts';

/** What every command of the command line is given. */
export interface CommandContext {
  screen: Screen;
  /** Undefined where there is no terminal. */
  ask: Ask | undefined;
  stdin: Readable & { isTTY?: boolean };
  node: ProducerNode;
  /** What --producer says. */
  wanted_producer: string | undefined;
  /** The node's own HTTP; only `run` listens. */
  createApp: typeof createApp;
}

/** A command: its exit code, 0 unless something waits (4) or was refused (3). */
export type CommandRun<Options> = (context: CommandContext, options: Options) => Promise<number>;

/** The producer that a command is about. */
export function producerOf(context: CommandContext): Promise<ProducerRow> {
  return findProducer(context.node, context.wanted_producer);
}

/** A size for people: bytes up to 10 kB, then three digits. */
export function sizeText(bytes: number, words: { tag: string }): string {
  const units = words.tag === 'fr' ? ['o', 'ko', 'Mo', 'Go', 'To'] : ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${new Intl.NumberFormat(words.tag, { maximumSignificantDigits: 3 }).format(value)} ${units[unit] ?? ''}`;
}

/** A number for people. */
export function numberText(value: number, words: { tag: string }): string {
  return new Intl.NumberFormat(words.tag).format(value);
}

/** A date for people, in UTC as everything here. */
export function dateText(date: Date | string, words: { tag: string }, time = false): string {
  const text = new Intl.DateTimeFormat(words.tag, { dateStyle: 'long', timeZone: 'UTC', ...(time ? { timeStyle: 'short' } : {}) }).format(new Date(date));
  return (words.tag === 'fr' ? text.replace(/^1 /, '1er ') : text) + (time ? ' UTC' : '');
}
