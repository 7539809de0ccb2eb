import { randomBytes } from '#crypto';
import { publishOpen } from '../portal/catalog/publishing.ts';
import { startTestPortal } from '../support/portal.ts';

/** What the served portal tells on its first line: where it is, and what it has to give. */
export interface ServedPortal {
  origin: string;
  /** Path of the large open body, and its file in the store. */
  body_path: string;
  stored_body: string;
  search_path: string;
}

// A portal in a process of its own, so that its processor time is the server's alone; ends when its standard input does.
const [body_size] = process.argv.slice(2).map(Number);
const portal = await startTestPortal();
try {
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const large = await publishOpen(portal, rennes, { title: 'Relevés complets', name: 'releves.bin', bytes: randomBytes(body_size ?? 0) });
  for (let one = 1; one <= 40; one++) await publishOpen(portal, rennes, { title: `Arbres du quartier ${one}`, name: `arbres-${one}.csv` });
  await portal.logged();
  const root = Buffer.from(large.resource.tree.root.slice('sha256:'.length), 'base64url').toString('hex');
  const served: ServedPortal = {
    origin: portal.origin,
    body_path: `/api/v1/datasets/${large.dataset_id}/versions/1/resources/${large.resource_id}/body`,
    stored_body: `${portal.folder}/store/o/${root.slice(0, 2)}/${root}/body`,
    search_path: '/api/v1/datasets?q=arbres&limit=10',
  };
  process.stdout.write(`${JSON.stringify(served)}\n`);
  for await (const _ of process.stdin);
} finally {
  await portal.close();
}
