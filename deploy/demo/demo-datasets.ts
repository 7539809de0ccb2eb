import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { seededNumbers, squareGrid, syntheticBusLines, writeSyntheticValidations } from './synthetic-data.ts';
import { type Commune, readTerritoryTables, type TerritoryTables } from './territory-tables.ts';

/** One dataset of the demonstration: what `sceau-node publish` is told. */
export interface DemoDataset {
  producer: 'metropole' | 'mobilites';
  file: string;
  title: string;
  /** One line for lists. */
  synopsis: string;
  summary: string;
  theme: string;
  keywords: string[];
  licence: string;
  access: 'open' | 'restricted';
  /** Who holds the key of a restricted one: the portal helps unless it says otherwise. */
  custody?: 'producer';
  write: (file: string) => Promise<void>;
}

const RENNES = { longitude: -1.6794, latitude: 48.1147 };
const METROPOLE_SIREN = '243500139';

/** A cell that spreadsheets and parsers read back unchanged. */
function csvCell(value: string | number | undefined): string {
  const text = String(value ?? '');
  return /[",;\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A number as French readers expect it. */
const count = (value: number) => new Intl.NumberFormat('fr-FR').format(value);

function csv(columns: string[], rows: (string | number | undefined)[][], separator = ','): string {
  return [columns, ...rows].map((row) => row.map(csvCell).join(separator)).join('\n') + '\n';
}

function communeRows(communes: Commune[]): (string | number | undefined)[][] {
  return communes.map((one) => [one.code, one.nom, one.departement, one.region, one.siren, (one.codesPostaux ?? []).join(' '), one.population]);
}

const COMMUNE_COLUMNS = ['code_insee', 'nom', 'departement', 'region', 'siren', 'codes_postaux', 'population'];
const SOURCE = "Extrait du découpage administratif français (millésime 2026), d'après le Code officiel géographique de l'INSEE.";
const SYNTHETIC = 'Données synthétiques : chaque valeur est calculée, aucune ne décrit une personne ou un service réel.';

/** The catalogue of the demonstration; `large_bytes` is the size of the large sealed table. */
export function demoDatasets(large_bytes: number): DemoDataset[] {
  const tables = readTerritoryTables();
  return [...metropoleTables(tables), ...metropoleSealed(tables), ...mobilites(large_bytes)];
}

/** Writes the files of the datasets into a folder and gives their paths in the same order. */
export async function writeDemoFiles(datasets: readonly DemoDataset[], folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const one of datasets) {
    const file = path.join(folder, one.file);
    await one.write(file);
    paths.push(file);
  }
  return paths;
}

function metropoleTables(tables: TerritoryTables): DemoDataset[] {
  const current = tables.communes.filter((one) => one.type === 'commune-actuelle');
  const brittany = current.filter((one) => one.region === '53');
  const members = tables.epci.find((one) => one.code === METROPOLE_SIREN)?.membres ?? [];
  const ille = new Set(current.filter((one) => one.departement === '35').map((one) => one.code));
  const illeEpci = tables.epci.filter((one) => one.membres.some((member) => ille.has(member.code)));
  const delegated = tables.communes.filter((one) => one.type === 'commune-deleguee' && one.departement === '35');
  const open = { producer: 'metropole', licence: 'etalab-2.0', access: 'open' } as const;
  return [
    {
      ...open,
      file: 'communes-rennes-metropole.csv',
      title: 'Communes de Rennes Métropole',
      synopsis: 'Les communes membres de la métropole, leurs codes et leur population.',
      summary: `Les ${members.length} communes membres de Rennes Métropole, avec leur code INSEE, leur SIREN et leur population. ${SOURCE}`,
      theme: 'location',
      keywords: ['communes', 'intercommunalité', 'population', 'Rennes'],
      write: (file) =>
        writeFile(file, csv(['code_insee', 'nom', 'siren', 'population_totale', 'population_municipale'], members.map((one) => [one.code, one.nom, one.siren, one.populationTotale, one.populationMunicipale]), ';')),
    },
    {
      ...open,
      file: 'epci-ille-et-vilaine.csv',
      title: "Intercommunalités d'Ille-et-Vilaine et leurs communes membres",
      synopsis: 'Quelle intercommunalité réunit quelles communes.',
      summary: `Chaque intercommunalité à fiscalité propre qui compte au moins une commune d'Ille-et-Vilaine, et la liste de ses membres. ${SOURCE}`,
      theme: 'citizenship',
      keywords: ['EPCI', 'intercommunalité', 'communes'],
      write: (file) =>
        writeFile(file, csv(['siren_epci', 'nom_epci', 'type', 'code_commune', 'nom_commune', 'population_municipale'], illeEpci.flatMap((epci) => epci.membres.map((one) => [epci.code, epci.nom, epci.type, one.code, one.nom, one.populationMunicipale])))),
    },
    {
      ...open,
      file: 'communes-bretagne.csv',
      title: 'Communes de Bretagne : codes et population',
      synopsis: 'Codes INSEE, codes postaux et population des communes bretonnes.',
      summary: `Les ${count(brittany.length)} communes des quatre départements bretons. ${SOURCE}`,
      theme: 'location',
      keywords: ['communes', 'Bretagne', 'population'],
      write: (file) => writeFile(file, csv(COMMUNE_COLUMNS, communeRows(brittany))),
    },
    {
      ...open,
      file: 'communes-france.csv',
      title: 'Toutes les communes de France',
      synopsis: 'Toutes les communes actuelles, avec leurs codes et leurs codes postaux.',
      summary: `Les ${count(current.length)} communes actuelles, métropole et outre-mer, avec leurs codes postaux. ${SOURCE}`,
      theme: 'location',
      keywords: ['communes', 'France', 'codes postaux'],
      write: (file) => writeFile(file, csv(COMMUNE_COLUMNS, communeRows(current))),
    },
    {
      ...open,
      file: 'codes-postaux-ille-et-vilaine.csv',
      title: "Codes postaux d'Ille-et-Vilaine",
      synopsis: 'Quel code postal sert quelle commune.',
      summary: `Quel code postal sert quelle commune : une ligne par couple. ${SOURCE}`,
      theme: 'publicSpace',
      keywords: ['codes postaux', 'adresse', 'Ille-et-Vilaine'],
      write: (file) =>
        writeFile(file, csv(['code_postal', 'code_insee', 'nom'], current.filter((one) => one.departement === '35').flatMap((one) => (one.codesPostaux ?? []).map((postal) => [postal, one.code, one.nom])))),
    },
    {
      ...open,
      file: 'communes-deleguees-ille-et-vilaine.csv',
      title: "Communes déléguées d'Ille-et-Vilaine",
      synopsis: 'Les communes réunies dans une commune nouvelle.',
      summary: `Les communes devenues déléguées après une fusion, avec la commune nouvelle qui les a réunies. ${SOURCE}`,
      theme: 'citizenship',
      keywords: ['communes nouvelles', 'fusion', 'histoire'],
      write: (file) => writeFile(file, csv(['code_insee', 'nom', 'commune_nouvelle'], delegated.map((one) => [one.code, one.nom, one.chefLieu]))),
    },
    {
      ...open,
      file: 'departements-france.csv',
      title: 'Départements français et leurs chefs-lieux',
      synopsis: 'La liste des départements, de leur région et de leur chef-lieu.',
      summary: `La liste des départements, leur région et leur chef-lieu. ${SOURCE}`,
      theme: 'education',
      keywords: ['départements', 'chefs-lieux', 'France'],
      write: (file) => writeFile(file, csv(['code', 'nom', 'region', 'chef_lieu'], tables.departements.map((one) => [one.code, one.nom, one.region, one.chefLieu]))),
    },
    {
      ...open,
      file: 'regions-france.json',
      title: 'Régions françaises',
      synopsis: 'La liste des régions et de leurs chefs-lieux.',
      summary: `La liste des régions et de leurs chefs-lieux, en JSON. ${SOURCE}`,
      theme: 'education',
      keywords: ['régions', 'France'],
      write: (file) => writeFile(file, JSON.stringify(tables.regions.map(({ code, nom, chefLieu, zone }) => ({ code, nom, chef_lieu: chefLieu, zone })), null, 1)),
    },
    {
      ...open,
      file: 'arrondissements-bretagne.json',
      title: 'Arrondissements de Bretagne',
      synopsis: 'Les arrondissements des quatre départements bretons.',
      summary: `Les arrondissements départementaux de la région Bretagne, en JSON. ${SOURCE}`,
      theme: 'citizenship',
      keywords: ['arrondissements', 'Bretagne', 'préfecture'],
      write: (file) => writeFile(file, JSON.stringify(tables.arrondissements.filter((one) => one.region === '53'), null, 1)),
    },
    {
      ...open,
      licence: 'odbl-1.0',
      file: 'maillage-rennes-1km.geojson',
      title: 'Maillage kilométrique autour de Rennes',
      synopsis: "Une grille d'un kilomètre de côté, pour compter et comparer.",
      summary: 'Une grille de mailles carrées d\'un kilomètre de côté, pour compter et comparer sans dessiner de frontières. Calculée, sans donnée personnelle.',
      theme: 'townPlanning',
      keywords: ['maillage', 'carroyage', 'carte', 'urbanisme'],
      write: (file) => writeFile(file, squareGrid(RENNES, 24, 1)),
    },
  ];
}

function metropoleSealed(tables: TerritoryTables): DemoDataset[] {
  const members = tables.epci.find((one) => one.code === METROPOLE_SIREN)?.membres ?? [];
  const sealed = { producer: 'metropole', licence: 'etalab-2.0', access: 'restricted' } as const;
  return [
    {
      ...sealed,
      file: 'demandes-logement-social.csv',
      title: 'Demandes de logement social par commune',
      synopsis: 'Combien de demandes, depuis combien de temps, commune par commune.',
      summary: `Nombre de demandes, ancienneté et composition des foyers, à la maille de la commune. Accès réservé aux études conventionnées. ${SYNTHETIC}`,
      theme: 'housing',
      keywords: ['logement', 'habitat', 'synthétique'],
      write: (file) => {
        const random = seededNumbers(7);
        const rows = members.flatMap((one) => ['studio', 'T2', 'T3', 'T4 et plus'].map((kind) => [one.code, one.nom, kind, Math.round((one.populationMunicipale / 900) * (0.5 + random())), Math.round(6 + random() * 40)]));
        return writeFile(file, csv(['code_insee', 'commune', 'type_logement', 'demandes', 'anciennete_mois'], rows, ';'));
      },
    },
    {
      ...sealed,
      custody: 'producer',
      file: 'consommation-eau-quartiers.csv',
      title: "Consommation d'eau potable par quartier",
      synopsis: 'Volumes mensuels distribués, quartier par quartier.',
      summary: `Relevés mensuels agrégés, partagés avec les bureaux d'études qui travaillent sur la ressource. ${SYNTHETIC}`,
      theme: 'environment',
      keywords: ['eau', 'environnement', 'synthétique'],
      write: (file) => {
        const random = seededNumbers(12);
        const rows = Array.from({ length: 12 * 42 }, (_, i) => [`2025-${String(1 + (i % 12)).padStart(2, '0')}`, `Q${String(1 + Math.floor(i / 12)).padStart(2, '0')}`, Math.round(9000 + random() * 24_000)]);
        return writeFile(file, csv(['mois', 'quartier', 'volume_m3'], rows));
      },
    },
  ];
}

function mobilites(large_bytes: number): DemoDataset[] {
  return [
    {
      producer: 'mobilites',
      file: 'lignes-de-bus-demonstration.geojson',
      title: 'Lignes de bus de démonstration',
      synopsis: 'Vingt-quatre lignes inventées, à voir sur une carte.',
      summary: `Le tracé de vingt-quatre lignes inventées autour de Rennes. ${SYNTHETIC}`,
      theme: 'transportation',
      keywords: ['bus', 'lignes', 'carte', 'synthétique'],
      licence: 'odbl-1.0',
      access: 'open',
      write: (file) => writeFile(file, syntheticBusLines(RENNES, 24)),
    },
    {
      producer: 'mobilites',
      file: 'frequentation-par-arret.csv',
      title: 'Fréquentation moyenne par arrêt',
      synopsis: 'Combien de personnes montent et descendent à chaque arrêt.',
      summary: `Montées et descentes moyennes d'un jour de semaine, arrêt par arrêt. ${SYNTHETIC}`,
      theme: 'transportation',
      keywords: ['bus', 'fréquentation', 'arrêts', 'synthétique'],
      licence: 'odbl-1.0',
      access: 'open',
      write: (file) => {
        const random = seededNumbers(99);
        const rows = Array.from({ length: 900 }, (_, i) => [`A${100 + i}`, `D${1 + (i % 24)}`, Math.round(random() * 900), Math.round(random() * 900)]);
        return writeFile(file, csv(['arret', 'ligne', 'montees', 'descentes'], rows));
      },
    },
    {
      producer: 'mobilites',
      file: 'validations-detaillees-synthetic.csv',
      title: 'Validations détaillées des titres de transport (synthetic)',
      synopsis: 'Chaque heure, chaque arrêt : un grand fichier scellé pour essayer.',
      summary: `Chaque heure, chaque arrêt, chaque titre : une table volumineuse, scellée, pour essayer l'ouverture d'un grand fichier. ${SYNTHETIC}`,
      theme: 'transportation',
      keywords: ['validations', 'titres', 'synthetic', 'grand fichier'],
      licence: 'odbl-1.0',
      access: 'restricted',
      write: (file) => writeSyntheticValidations(file, large_bytes),
    },
  ];
}
