import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** A small reproducible generator (mulberry32): the same seed gives the same numbers in [0, 1). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A GeoJSON grid of square cells of `cell_km` kilometres over a box around a centre, computed on a sphere. */
export function squareGrid(centre: { longitude: number; latitude: number }, cells_per_side: number, cell_km: number): string {
  const degreesPerKm = 1 / 111.195;
  const latitudeStep = cell_km * degreesPerKm;
  const longitudeStep = latitudeStep / Math.cos((centre.latitude * Math.PI) / 180);
  const round = (degrees: number) => Number(degrees.toFixed(5));
  const features = [];
  for (let row = 0; row < cells_per_side; row += 1) {
    for (let column = 0; column < cells_per_side; column += 1) {
      const west = centre.longitude + (column - cells_per_side / 2) * longitudeStep;
      const south = centre.latitude + (row - cells_per_side / 2) * latitudeStep;
      const ring = [[west, south], [west + longitudeStep, south], [west + longitudeStep, south + latitudeStep], [west, south + latitudeStep], [west, south]];
      features.push({
        type: 'Feature',
        properties: { maille: `R${String(row + 1).padStart(2, '0')}C${String(column + 1).padStart(2, '0')}`, cote_km: cell_km },
        geometry: { type: 'Polygon', coordinates: [ring.map(([x, y]) => [round(x ?? 0), round(y ?? 0)])] },
      });
    }
  }
  return JSON.stringify({ type: 'FeatureCollection', features });
}

/** GeoJSON lines that radiate from a centre: an invented bus network. */
export function syntheticBusLines(centre: { longitude: number; latitude: number }, count: number): string {
  const random = seededNumbers(35_000);
  const features = [];
  for (let line = 1; line <= count; line += 1) {
    const direction = ((line - 1) / count) * 2 * Math.PI;
    const coordinates = [];
    for (let stop = -8; stop <= 8; stop += 1) {
      const bend = (random() - 0.5) * 0.004;
      coordinates.push([
        Number((centre.longitude + Math.cos(direction) * stop * 0.009 + bend).toFixed(5)),
        Number((centre.latitude + Math.sin(direction) * stop * 0.006 + bend).toFixed(5)),
      ]);
    }
    features.push({ type: 'Feature', properties: { ligne: `D${line}`, nom: `Ligne de démonstration ${line}`, arrets: coordinates.length }, geometry: { type: 'LineString', coordinates } });
  }
  return JSON.stringify({ type: 'FeatureCollection', features });
}

/** Writes an invented table of ticket validations of at least `bytes` bytes; every value is computed, none is real. */
export async function writeSyntheticValidations(path: string, bytes: number): Promise<void> {
  const out = createWriteStream(path);
  const random = seededNumbers(2026);
  const cards = ['mensuel', 'annuel', 'unitaire', 'solidaire', 'jeune'];
  let written = out.write('jour,heure,ligne,arret,titre,validations\n') ? 41 : 41;
  let row = 0;
  while (written < bytes) {
    const lines: string[] = [];
    for (let i = 0; i < 20_000; i += 1) {
      const day = 1 + (row % 28);
      const hour = 5 + Math.floor(random() * 19);
      lines.push(
        `2026-0${1 + (row % 9)}-${day < 10 ? '0' : ''}${day},${hour < 10 ? '0' : ''}${hour}:00,D${1 + Math.floor(random() * 24)},A${100 + Math.floor(random() * 900)},${cards[Math.floor(random() * cards.length)] ?? 'mensuel'},${Math.floor(random() * 400)}`,
      );
      row += 1;
    }
    const block = `${lines.join('\n')}\n`;
    written += block.length;
    if (!out.write(block)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
