import { parseDatasetId } from '#catalog-schema';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { searchDatasets } from './search-datasets.ts';

/** The id of the dataset that a person names: an id as it is, or the whole title of exactly one dataset. */
export async function findDatasetId(client: Client, text: string): Promise<string> {
  const wanted = text.trim();
  const id = asId(wanted);
  if (id !== undefined) return id;
  const { datasets } = await searchDatasets(client, { q: wanted.slice(0, 200), limit: 100 });
  const found = datasets.filter((card) => folded(card.title) === folded(wanted));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.dataset_id;
  if (found.length > 1) {
    throw new ClientError('bad_input', `${found.length} datasets are called ${JSON.stringify(wanted)}: give the id of one.`, {
      facts: { value: found.map((card) => card.dataset_id).join(', ') },
    });
  }
  throw new ClientError('not_found', `No dataset has the id or the exact title ${JSON.stringify(wanted)}.`, { facts: { value: wanted, why: wanted } });
}

function asId(text: string): string | undefined {
  try {
    return parseDatasetId(text.toLowerCase());
  } catch {
    return undefined;
  }
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}
