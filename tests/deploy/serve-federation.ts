import { startFederation } from '../../deploy/demo/federation.ts';
import { followPortal, readJson, seedFederation } from '../../deploy/demo/seed.ts';

/** Program for the tests of the demonstration: starts it in the folder given, without datasets, until stdin closes; says on stdout how it went. */
const [state_dir = '', first_port = ''] = process.argv.slice(2);
try {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const federation = await startFederation({ state_dir, first_port: Number(first_port), name: 'Essai', say, onLost: (name) => void process.stdout.write(`${JSON.stringify({ lost: name })}\n`) });
  await federation.startPortal();
  federation.startBroker();
  await followPortal(federation, say);
  await seedFederation(federation, { large_bytes: 0, datasets: () => false, say });
  federation.startNodes();
  const status = readJson(await federation.run('metropole', 'sceau-node', ['status', '--json']));
  process.stdout.write(`${JSON.stringify({ origin: federation.origin, said, producers: status['producers'] })}\n`);
  process.stdin.resume().once('end', () => void federation.stop().then(() => process.exit(0)));
} catch (error) {
  process.stdout.write(`${JSON.stringify({ refused: error instanceof Error ? error.message : String(error) })}\n`);
  process.exit(1);
}
