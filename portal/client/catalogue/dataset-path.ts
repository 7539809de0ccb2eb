import { parseDatasetId } from '#catalog-schema';
import { refusingAs } from '../errors.ts';

/** The id of a dataset as it stands in paths; `bad_input` otherwise. */
export function datasetInPath(dataset_id: string): string {
  return refusingAs('bad_input', `${dataset_id} is not the identifier of a dataset.`, () => parseDatasetId(dataset_id), { value: dataset_id });
}
