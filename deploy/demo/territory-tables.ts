import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A commune as the package `@etalab/decoupage-administratif` gives it (Licence Ouverte, from the INSEE's official code). */
export interface Commune {
  code: string;
  nom: string;
  type: string;
  departement?: string;
  region?: string;
  arrondissement?: string;
  chefLieu?: string;
  siren?: string;
  codesPostaux?: string[];
  population?: number;
}

/** An intercommunal body and its members. */
export interface Epci {
  code: string;
  nom: string;
  type: string;
  modeFinancement: string;
  populationTotale: number;
  populationMunicipale: number;
  membres: { code: string; siren: string; nom: string; populationTotale: number; populationMunicipale: number }[];
}

/** A department, region or arrondissement: code, name, seat. */
export interface Division {
  code: string;
  nom: string;
  chefLieu: string;
  region?: string;
  departement?: string;
  zone?: string;
}

/** The real tables that the demonstration publishes extracts of. */
export interface TerritoryTables {
  communes: Commune[];
  epci: Epci[];
  departements: Division[];
  regions: Division[];
  arrondissements: Division[];
}

/** Reads the tables from the installed package. */
export function readTerritoryTables(): TerritoryTables {
  const require = createRequire(import.meta.url);
  const read = <T>(name: string): T[] =>
    JSON.parse(readFileSync(require.resolve(`@etalab/decoupage-administratif/data/${name}.json`), 'utf8')) as T[];
  return {
    communes: read('communes'),
    epci: read('epci'),
    departements: read('departements'),
    regions: read('regions'),
    arrondissements: read('arrondissements'),
  };
}
