import type { Client } from '../client.ts';
import { readObject, readText, readWord } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { type DatasetCard, readDatasetCard } from './dataset-card.ts';
import { datasetInPath } from './dataset-path.ts';

/** A dataset as the catalogue shows it: the portal's word. */
export interface DatasetPage extends DatasetCard {
  status: 'active' | 'withdrawn' | 'erased';
  first_published_at: string;
  /** The whole answer, with the view and the resources as the portal renders them. */
  answer: Readonly<Record<string, unknown>>;
}

/** One dataset by its id; `not_found` when the portal has none or does not show it. */
export async function getDataset(client: Client, dataset_id: string): Promise<DatasetPage> {
  const value = (await plainCall(client, { method: 'GET', path: `/api/v1/datasets/${datasetInPath(dataset_id)}` })).json();
  const object = readObject(value, 'a dataset');
  return {
    ...readDatasetCard(value),
    status: readWord(object, 'status', ['active', 'withdrawn', 'erased']),
    first_published_at: readText(object, 'first_published_at'),
    answer: object.members,
  };
}
