import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../../producer-node/app.ts';
import { runCli } from '../../producer-node/cli.ts';
import type { TestNode } from './node-process.ts';

/** A terminal in this process: answers each question, in order, when its prompt appears. */
export async function onTerminal(node: TestNode, argv: readonly string[], answers: readonly [prompt: RegExp, answer: string][]): Promise<{ code: number; stdout: string; stderr: string }> {
  const terminal = (): PassThrough & { isTTY?: boolean } => Object.assign(new PassThrough(), { isTTY: true });
  const [stdin, stderr, stdout] = [terminal(), terminal(), new PassThrough()];
  let said = '';
  let result = '';
  let from = 0;
  stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  stdout.on('data', (bytes: Buffer) => (result += bytes.toString('utf8')));
  const running = runCli({ argv, env: node.env, stdin, stdout, stderr, createApp });
  let over = false;
  void running.then(() => (over = true));
  for (const [prompt, answer] of answers) {
    for (let i = 0; i < 600 && !prompt.test(said.slice(from)) && !over; i += 1) await sleep(50);
    if (!prompt.test(said.slice(from))) throw new Error(`${prompt} was not asked: ${said.slice(from)}${result}`);
    from = said.length;
    stdin.write(`${answer}\n`);
  }
  return { code: await running, stdout: result, stderr: said };
}
