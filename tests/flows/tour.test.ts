import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';

test('the tour holds at every step, through the doors that people use', async (t) => {
  t.timeout(240_000);
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../deploy/demo/tour.js', import.meta.url))], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString('utf8')));
  child.stderr.on('data', (data: Buffer) => (said += data.toString('utf8')));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  t.log(said);
  t.is(status, 0, said);
  t.regex(said, /Every step held/);
});
