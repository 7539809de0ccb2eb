import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { refuseOldRuntime } from './refuse-old-runtime.ts';
import { fileURLToPath } from 'node:url';
import { type Federation, PortTaken, startFederation } from './federation.ts';
import { DEMO_PEOPLE, followPortal, seedFederation } from './seed.ts';

/** In the folder of the demonstration. */
const NODE_ENVIRONMENT = 'node-metropole.env';
const LARGE_BYTES = 200 * 1024 * 1024;

/** `npm start`: the whole federation on this machine, with data to look at, until Ctrl-C. */
async function start(): Promise<void> {
  refuseOldRuntime();
  const began = Date.now();
  const say = (line: string) => console.log(`  ${line}`);
  const checkout = fileURLToPath(new URL('../../../', import.meta.url));
  console.log('Sceau: starting PostgreSQL, the portal, its broker and two producer nodes');

  let federation: Federation | undefined;
  let stopping = false;
  const stop = async (status: number) => {
    if (stopping) return;
    stopping = true;
    console.log('\nSceau: stopping');
    await federation?.stop();
    process.exit(status);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));

  const onLost = (name: string, log_file: string) => {
    // While starting, the step that needs it fails and says why.
    if (federation === undefined || stopping) return;
    console.error(`\nThe process "${name}" has ended by itself. Its log is ${log_file}; npm start brings everything back.`);
    void stop(1);
  };

  try {
    federation = await startListening({ state_dir: path.join(checkout, '.sceau'), first_port: firstPort(), name: 'Sceau, démonstration de Rennes', say, onLost });
    federation.startBroker();
    await followPortal(federation, say);
    await seedFederation(federation, { large_bytes: LARGE_BYTES, say });
    federation.startNodes();
    await writeNodeEnvironment(federation);
  } catch (error) {
    // What a Ctrl-C interrupts fails, and that is no news.
    if (!stopping) console.error(error instanceof Error ? error.message : error);
    await stop(1);
    return;
  }
  if (stopping) return;
  console.log(`
Ready in ${((Date.now() - began) / 1000).toFixed(1)} s.

  ${federation.origin}/            the catalogue
  ${federation.origin}/demo/mails  the mails that the portal would send (sign in with any address below, click the link there)

  ${DEMO_PEOPLE.operator.email}    operator: invites producers, confirms nodes
  ${DEMO_PEOPLE.metropole.email}          officer of ${DEMO_PEOPLE.metropole.producer}: decides requests
  ${DEMO_PEOPLE.mobilites.email}          officer of ${DEMO_PEOPLE.mobilites.producer}
  any other address              a citizen who asks for access

  To try, in another terminal of this folder:
    export SCEAU_PORTAL=${federation.origin}
    npx sceau search communes
    npx sceau keygen --name "My laptop"
    npx sceau ask "Demandes de logement social par commune" --purpose "…" --name "…" --email you@example.org
    (confirm in the mail page, approve as the officer, then)  npx sceau open "Demandes de logement social par commune"

  To publish from a node of your own: sign in as the operator, invite an organisation, note the code it shows, then
    . .sceau/my-node.env
    npx sceau-node init --name "Commune de Bruz"
    npx sceau-node enrol --portal ${federation.origin}
    npx sceau-node publish any-file.csv

  Of "Consommation d'eau potable par quartier" only the Métropole holds the key: the officer's page proposes, their node decides. To be the node:
    set -a; . .sceau/${NODE_ENVIRONMENT}; set +a
    npx sceau-node requests
    npx sceau-node approve REQUEST        (compare the digits with those of "npx sceau requests")

  Ctrl-C stops everything; npm start brings it back with its data; npm run reset deletes it.
`);
}

/** Where `sceau-node` of the Métropole's node is, as lines for a shell; for this account only, like everything there. */
async function writeNodeEnvironment(federation: Federation): Promise<void> {
  const lines = Object.entries(federation.nodeEnvironment('metropole')).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`);
  const file = path.join(federation.state_dir, NODE_ENVIRONMENT);
  await rm(file, { force: true });
  await writeFile(file, lines.join(''), { mode: 0o600 });
}

/** PostgreSQL and a portal that listens; a port that another program takes meanwhile is given up for the next. */
async function startListening(options: Parameters<typeof startFederation>[0]): Promise<Federation> {
  for (let attempt = 1; ; attempt += 1) {
    const federation = await startFederation(options);
    try {
      await federation.startPortal();
      return federation;
    } catch (error) {
      await federation.stop();
      if (!(error instanceof PortTaken) || attempt === 3) throw error;
      options.say(error.message);
    }
  }
}

function firstPort(): number {
  const text = process.env['SCEAU_PORT'] || '8080';
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port >= 1 && port <= 65_485) return port;
  throw new Error(`SCEAU_PORT is "${text}"; it must be a port number from 1 to 65485`);
}

await start();
