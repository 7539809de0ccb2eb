import type { DatasetDescription } from './dataset-description.ts';
import type { DescribedFile } from './describe-file.ts';

/** Facts about the data themselves, as far as they are known. */
export type DataFacts = Pick<DatasetDescription, 'period' | 'bbox' | 'records' | 'fields'>;

/** What the files of a dataset tell together: the whole span of time, the first box, rows and columns of a file that is alone. */
export function derivedFacts(files: readonly DescribedFile[]): DataFacts {
  const [first] = files;
  const alone = files.length === 1 ? first : undefined;
  const periods = files.flatMap((file) => (file.period === undefined ? [] : [file.period]));
  const start_at = periods.map((one) => one.start_at).sort()[0];
  const end_at = periods.map((one) => one.end_at).sort().at(-1);
  return {
    period: start_at === undefined || end_at === undefined ? undefined : { start_at, end_at },
    bbox: files.find((file) => file.bbox !== undefined)?.bbox,
    records: alone?.records,
    fields: alone === undefined || alone.columns.length === 0 ? undefined : alone.columns.length,
  };
}

/**
 * The format of a file as its manifest names it. Of a sealed file nothing is told that was read in it (THREATS T13): its name, which
 * is public, decides alone.
 */
export function publishedMediaType(file: DescribedFile, access: DatasetDescription['access']): string {
  return access === 'restricted' ? file.named_type : file.media_type;
}
