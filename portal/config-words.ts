/** What the portal says about its environment, in one language. */
export interface ConfigWords {
  public_origin: string;
  name: string;
  keys_dir: string;
  broker_keys_dir: string;
  store: string;
  database_url: string;
  mail_from: string;
  dpo_mail: string;
  s3_endpoint: string;
  s3_access_key: string;
  s3_secret_key: string;
  origin_only: string;
  https_needed: string;
  database_scheme: string;
  smtp_scheme: string;
  demo_loopback: string;
  one_of(values: string): string;
  whole_number(min: number, max: number): string;
  not_both(name: string): string;
  unreadable(path: string): string;
}

const en: ConfigWords = {
  public_origin: 'Say where people reach the portal, like https://data.example.org.',
  name: 'Give the name of the portal, like "Portail de données de Rennes".',
  keys_dir: 'Give the folder for the keys of the portal.',
  broker_keys_dir: 'Give the folder for the keys of the broker.',
  store: 'Say where bodies are kept: the path of a folder, or s3://bucket.',
  database_url: 'Give the address of the database, like postgres://sceau@localhost/sceau.',
  mail_from: 'Give the address that mails come from, like no-reply@data.example.org.',
  dpo_mail: 'Give a mail address alone, like dpo@example.org.',
  s3_endpoint: 'Give the address of the S3 server, like https://s3.example.org.',
  s3_access_key: 'Give the access key of the bucket.',
  s3_secret_key: 'Give the secret key of the bucket.',
  origin_only: 'Give an origin only: https://host, without a path.',
  https_needed: 'Use https: without it, sessions and links to sign in travel in clear. http is for loopback only.',
  database_scheme: 'Give an address that starts with postgres://.',
  smtp_scheme: 'Give an address like smtps://user:password@mail.example.org.',
  demo_loopback: 'The demonstration shows everybody the mails of all, so it runs on loopback only: set SCEAU_HOST to 127.0.0.1 and SCEAU_PUBLIC_ORIGIN to http://localhost:8080, or take SCEAU_DEMO away.',
  one_of: (values) => `Give one of ${values}.`,
  whole_number: (min, max) => `Give a whole number from ${min} to ${max}.`,
  not_both: (name) => `Give either ${name} or ${name}_FILE, not both.`,
  unreadable: (path) => `The file ${path} cannot be read.`,
};

const fr: ConfigWords = {
  public_origin: 'Indiquez l’adresse du portail pour le public, comme https://data.example.org.',
  name: 'Donnez le nom du portail, comme « Portail de données de Rennes ».',
  keys_dir: 'Indiquez le dossier des clés du portail.',
  broker_keys_dir: 'Indiquez le dossier des clés du dépositaire (broker).',
  store: 'Indiquez où sont conservés les fichiers : le chemin d’un dossier, ou s3://bucket.',
  database_url: 'Donnez l’adresse de la base de données, comme postgres://sceau@localhost/sceau.',
  mail_from: 'Donnez l’adresse d’expédition des messages, comme ne-pas-repondre@data.example.org.',
  dpo_mail: 'Donnez une adresse de courriel seule, comme dpo@example.org.',
  s3_endpoint: 'Donnez l’adresse du serveur S3, comme https://s3.example.org.',
  s3_access_key: 'Donnez la clé d’accès du bucket.',
  s3_secret_key: 'Donnez la clé secrète du bucket.',
  origin_only: 'Donnez seulement une origine : https://hôte, sans chemin.',
  https_needed: 'Utilisez https : sinon les sessions et les liens de connexion circulent en clair. http est réservé à la machine locale.',
  database_scheme: 'Donnez une adresse qui commence par postgres://.',
  smtp_scheme: 'Donnez une adresse comme smtps://utilisateur:motdepasse@mail.example.org.',
  demo_loopback: 'La démonstration montre à tous les messages de chacun : elle ne tourne que sur la machine locale. Mettez SCEAU_HOST à 127.0.0.1 et SCEAU_PUBLIC_ORIGIN à http://localhost:8080, ou retirez SCEAU_DEMO.',
  one_of: (values) => `Choisissez parmi ${values}.`,
  whole_number: (min, max) => `Donnez un nombre entier de ${min} à ${max}.`,
  not_both: (name) => `Donnez ${name} ou ${name}_FILE, pas les deux.`,
  unreadable: (path) => `Le fichier ${path} est illisible.`,
};

/** The words about the environment, by language. */
export const CONFIG_WORDS: Readonly<Record<'fr' | 'en', ConfigWords>> = { fr, en };
