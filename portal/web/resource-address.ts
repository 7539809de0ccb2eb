/** Path of a file's bytes at one version. */
export function bodyPath(dataset_id: string, version: number, resource_id: string): string {
  return `/api/v1/datasets/${dataset_id}/versions/${version}/resources/${resource_id}/body`;
}

/** Path of the same file's bytes at whichever version is the newest. */
export function newestBodyPath(dataset_id: string, resource_id: string): string {
  return `/api/v1/datasets/${dataset_id}/versions/latest/resources/${resource_id}/body`;
}

/** Path of all the evidence for a version, as one JSON document. */
export function evidencePath(dataset_id: string, version: number): string {
  return `/api/v1/datasets/${dataset_id}/versions/${version}/evidence`;
}

/** Path of the exact signed statement of a version. */
export function manifestPath(dataset_id: string, version: number): string {
  return `/api/v1/datasets/${dataset_id}/versions/${version}/manifest`;
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Lines of Python that read a file into something to work with, by its media type. */
export function pythonLines(url: string, name: string, media_type: string): string {
  const quoted = JSON.stringify(url);
  if (media_type === 'text/csv') return `import pandas as pd\n\ntable = pd.read_csv(${quoted}, sep=None, engine="python")`;
  if (media_type === 'application/geo+json') return `import geopandas as gpd\n\nmap = gpd.read_file(${quoted})`;
  if (media_type === 'application/json') return `import json, urllib.request\n\ndata = json.load(urllib.request.urlopen(${quoted}))`;
  return `import urllib.request\n\nurllib.request.urlretrieve(${quoted}, ${JSON.stringify(name)})`;
}

/** Lines that fetch, verify and open the sealed files of a dataset with `sceau`. */
export function sceauLines(public_origin: string, dataset_id: string, names: readonly string[]): string {
  return `export SCEAU_PORTAL=${shellWord(public_origin)}\nsceau open ${dataset_id}${onlyName(names)}`;
}

/** Lines that keep the parts of sealed files and open them with stock `age`; of at most five files. */
export function ageLines(dataset_id: string, names: readonly string[]): string {
  const open = (name: string) => {
    const word = (end: string) => shellWord(`${name}${end}`);
    return `cat ${word('.age-header')} ${word('.age-body')} |\n  age -d -i ${word('.content-key.txt')} > ${word('')}`;
  };
  return [`sceau get ${dataset_id} --keep${onlyName(names)}`, ...names.slice(0, 5).map(open)].join('\n');
}

function onlyName(names: readonly string[]): string {
  return names.length === 1 && names[0] !== undefined ? ` -o ${shellWord(names[0])}` : '';
}
