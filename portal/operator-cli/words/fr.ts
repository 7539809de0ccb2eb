import type { OperatorWords } from './words.ts';

export const fr: OperatorWords = {
  about: 'Fait fonctionner et surveille un portail Sceau. Les réglages viennent de l’environnement.',
  usage_title: 'Utilisation :',
  options_title: 'Options :',
  arguments_title: 'Arguments :',
  commands_title: 'Commandes :',
  examples_title: 'Exemples :',
  exit_codes: 'Codes de fin : 0 fait, 1 échec, 2 arguments ou réglages incorrects.',
  environment: `Environnement (les secrets aussi par NOM_FILE, chemin d’un fichier qui les contient) :
  SCEAU_PUBLIC_ORIGIN    adresse du portail pour le public : https://data.example.org
  SCEAU_NAME             nom du portail
  SCEAU_HOST, SCEAU_PORT où écouter (127.0.0.1, 8080)
  SCEAU_TRUSTED_PROXIES  nombre de mandataires (proxies) placés devant (0)
  DATABASE_URL           postgres://… (secret)
  SCEAU_KEYS_DIR         dossier des clés du portail
  SCEAU_BROKER_KEYS_DIR  dossier des clés du dépositaire (broker), pour lui et create-keys seulement
  SCEAU_STORE            où sont conservés les fichiers : un dossier, ou s3://bucket
  SCEAU_S3_ENDPOINT, SCEAU_S3_REGION, SCEAU_S3_ACCESS_KEY, SCEAU_S3_SECRET_KEY (secrets)
  SCEAU_SMTP_URL         smtps://utilisateur:motdepasse@hôte (secret)
  SCEAU_MAIL_FROM        adresse d’expédition des messages
  SCEAU_LOG_LEVEL        fatal, error, warn, info, debug, trace, silent (info)`,
  option_lang: 'langue des messages : fr ou en',
  option_json: 'répondre par un objet JSON sur la sortie standard',
  option_help: 'afficher cette aide',
  option_version: 'afficher la version',
  command_help: 'afficher l’aide d’une commande',
  migrate: {
    about: 'Met la base de données à jour. À lancer en tant que propriétaire des tables, avant chaque démarrage d’une nouvelle version.',
    web_role: 'rôle de base de données de « serve » : reçoit exactement les droits nécessaires',
    broker_role: 'rôle de base de données de « broker » : reçoit exactement les droits nécessaires',
    both_roles: 'Donnez --web-role et --broker-role ensemble : les deux processus ne doivent pas partager un rôle.',
    done: (names) => `Migrations appliquées : ${names.join(', ')}.`,
    nothing: 'La base de données était à jour.',
    rights: (web, broker) => `Droits donnés à ${web} (web) et ${broker} (broker).`,
  },
  create_keys: {
    about: 'Crée les clés du portail et de son dépositaire, une fois, et enregistre le premier jeu de clés.',
    log_origin: 'nom définitif du registre, comme data.example.org/log (par défaut : l’hôte de l’adresse publique)',
    made: (portal_id) => `Clés créées. Ce portail est ${portal_id}.`,
    known: (portal_id) => `Les clés existaient déjà. Ce portail est ${portal_id}.`,
    take_root: (path) => `Copiez maintenant ${path} en deux endroits hors de cette machine, puis supprimez-le ici : il signe les prochains jeux de clés du portail, et rien d’autre n’en a besoin.`,
  },
  create_operator: {
    about: 'Fait d’une personne un opérateur du portail, qui se connecte ensuite par courriel.',
    email: 'adresse de l’opérateur',
    name: 'nom de l’opérateur',
    language: 'langue de ses messages : fr ou en',
    done: (email) => `${email} est opérateur et se connecte au portail avec cette adresse.`,
  },
  invite_producer: {
    about: 'Invite une organisation à publier. Donne le code à usage unique pour son nœud.',
    name: 'nom de l’organisation',
    officer_email: 'adresse de la personne qui répondra aux demandes d’accès',
    officer_name: 'nom de cette personne',
    done: (name, invitation_id) => `${name} est invité (invitation ${invitation_id}) ; la personne chargée des demandes reçoit un message.`,
  },
  node_code: {
    about: 'Donne un nouveau code à usage unique pour une invitation, à la place du précédent.',
    invitation: 'identifiant de l’invitation',
    code: (name) => `Code pour le nœud de ${name} :`,
    until: (when) => `Il sert une fois, jusqu’au ${when}. Transmettez-le de vive voix, pas par courriel.`,
    hint: (origin) => `Sur le nœud : sceau-node enrol --portal ${origin}`,
  },
  confirm_node: {
    about: 'Confirme qu’un nœud est bien celui qui a été invité, par l’empreinte que son opérateur lit à voix haute.',
    enrolment: 'identifiant de l’inscription (nécessaire seulement pour refuser, ou en cas de doute)',
    fingerprint: 'les trente chiffres affichés par le nœud ; demandés s’ils manquent',
    refuse: 'refuser l’inscription',
    nothing_waits: 'Aucun nœud n’attend de confirmation.',
    waiting: 'Ces nœuds attendent une confirmation :',
    ask: 'Empreinte lue par l’opérateur du nœud : ',
    needs_fingerprint: 'Donnez --fingerprint avec les chiffres affichés par le nœud.',
    needs_enrolment: 'Indiquez l’inscription à refuser.',
    confirmed: (name) => `${name} peut maintenant publier. La personne chargée des demandes reçoit un message.`,
    refused: (name) => `L’inscription de ${name} est refusée.`,
  },
  serve: {
    about: 'Fait fonctionner le portail : pages, API, registre, messages, expirations. S’arrête en ordre à Ctrl-C ou SIGTERM.',
    listening: (origin, host, port) => `Le portail répond à ${origin} (écoute sur ${host}:${port}).`,
    stopping: 'Arrêt : les requêtes en cours se terminent.',
    stopped: 'Arrêté.',
    port_busy: (host, port) => `${host}:${port} est utilisé par un autre programme. Choisissez un autre SCEAU_PORT.`,
    not_migrated: 'La base de données n’est pas à jour. Lancez d’abord « sceau-portal migrate ».',
  },
  broker: {
    about: 'Fait fonctionner le dépositaire, seul à pouvoir ouvrir les clés de contenu déposées. Donnez-lui son propre utilisateur système et son rôle de base de données.',
    running: 'Le dépositaire fonctionne.',
    stopped: 'Arrêté.',
  },
  doctor: {
    about: 'Examine chaque partie du portail et dit que faire pour chaque problème.',
    ok: 'ok',
    problem: 'problème',
    well: 'Tout va bien.',
    problems: (count) => (count === 1 ? '1 problème.' : `${count} problèmes.`),
    log_damage: {
      empty: 'aucun acte n’est encore au registre. Lancez « sceau-portal serve », qui les y porte.',
      checkpoint_signature: 'le dernier point de contrôle n’est pas signé par la clé du registre de SCEAU_KEYS_DIR, ou a été modifié. Rien n’est plus ajouté d’ici là : cherchez qui a écrit dans la base et restaurez un état antérieur.',
      indices_not_dense: 'des actes manquent ou sont mal numérotés. Quelqu’un a modifié la table log_act : restaurez un état antérieur de la base.',
      root_differs: 'les empreintes conservées ne donnent pas la racine signée. Quelqu’un a modifié la table log_hash : restaurez un état antérieur de la base.',
    },
    keys_expire: (portal_id, when) => `${portal_id} : le jeu de clés se termine le ${when}. Les nœuds refusent un jeu périmé : préparez la version suivante avec la clé racine.`,
    checks: {
      configuration: { name: 'réglages', ok: (figure) => figure, problem: (found) => found },
      database: { name: 'base de données', ok: (ms) => `répond en ${ms} ms`, problem: (found) => `injoignable : ${found}. Vérifiez DATABASE_URL et que PostgreSQL fonctionne.` },
      migrations: { name: 'migrations', ok: () => 'à jour', problem: (found) => `non appliquées : ${found}. Lancez « sceau-portal migrate » en tant que propriétaire des tables.` },
      clock: { name: 'horloge', ok: (s) => `à ${s} s de celle de la base`, problem: (s) => `à ${s} s de celle de la base ; les appels signés en tolèrent 60. Réglez l’horloge de cette machine par NTP.` },
      keys: { name: 'clés', ok: (figure) => figure, problem: (found) => found },
      store: { name: 'fichiers', ok: () => 'le dépôt répond et accepte l’écriture', problem: (found) => `le dépôt ne répond pas : ${found} Vérifiez SCEAU_STORE, l’espace libre et les droits du dossier.` },
      log: { name: 'registre', ok: (size) => `${size} ${size === '1' ? 'acte' : 'actes'}, arbre et signature vérifiés`, problem: (found) => found },
      web: { name: 'processus web', ok: (s) => `vu il y a ${s} s`, problem: (s) => `pas vu depuis ${s}. Lancez « sceau-portal serve ».` },
      broker: { name: 'dépositaire', ok: (s) => `vu il y a ${s} s`, problem: (s) => `pas vu depuis ${s}. Lancez « sceau-portal broker » ; d’ici là, aucune clé n’est remise.` },
      mail: { name: 'serveur de courriel', ok: (host) => `${host} nous accepte`, problem: (found) => `${found} Sans lui, personne ne peut se connecter : réglez SCEAU_SMTP_URL.` },
      waiting_mails: { name: 'courriels', ok: (count) => `${count} en attente`, problem: (found) => `${found} Regardez le journal de « serve » et le serveur de courriel.` },
    },
  },
  error: 'erreur :',
  usage_errors: {
    'commander.unknownOption': (token) => `L’option ${token} n’existe pas.`,
    'commander.unknownCommand': (token) => `La commande ${token} n’existe pas.`,
    'commander.missingArgument': (token) => `L’argument ${token} manque.`,
    'commander.optionMissingArgument': (token) => `L’option ${token} demande une valeur.`,
    'commander.missingMandatoryOptionValue': (token) => `Donnez l’option ${token}.`,
    'commander.excessArguments': () => 'Il y a trop d’arguments.',
    'commander.invalidArgument': (token) => `La valeur de ${token} n’est pas permise.`,
  },
  usage_hint: 'Voir : sceau-portal --help',
  reasons: {
    fingerprint_mismatch: 'Ces chiffres ne sont ceux d’aucun nœud en attente. Faites-les relire à l’écran du nœud ; s’ils restent différents, refusez l’inscription : quelqu’un s’est peut-être interposé.',
    already_decided: 'Cette inscription a déjà été décidée.',
    already_enrolled: 'Un nœud s’est déjà inscrit avec cette invitation. Refusez d’abord cette inscription si ce n’est pas le bon.',
    database_away: 'La base de données est injoignable. Vérifiez DATABASE_URL et que PostgreSQL fonctionne.',
    key_file: 'Les clés du portail sont introuvables ou illisibles. Vérifiez SCEAU_KEYS_DIR et SCEAU_BROKER_KEYS_DIR, ou créez les clés avec « sceau-portal create-keys ».',
    key_file_mode: 'Un fichier de clé est lisible par d’autres utilisateurs. Ses droits doivent être 600 (chmod 600).',
    key_file_exists: 'Un fichier de clé existe déjà et n’est pas écrasé. Déplacez-le s’il n’est plus utile.',
    key_mismatch: 'Une clé n’est pas celle du jeu de clés du portail : les fichiers viennent de portails différents.',
    keys_not_recorded: 'Cette base de données ne connaît pas les clés de ce portail. Enregistrez-les avec « sceau-portal create-keys ».',
    keys_differ: 'Le dossier des clés et la base de données n’ont pas le même jeu de clés. L’un des deux a été restauré d’un état plus ancien.',
    log_shorter: 'Le journal de cette base est plus court que ce que cette machine a déjà signé (log-checkpoint.txt dans SCEAU_KEYS_DIR) : la base vient d’une sauvegarde trop ancienne. Restaurez une sauvegarde plus récente ; s’il n’y en a pas, annoncez que les derniers actes sont perdus, puis déplacez ce fichier.',
    log_forked: 'Le journal de cette base n’est pas celui que cette machine a signé (log-checkpoint.txt dans SCEAU_KEYS_DIR). Restaurez la bonne base.',
    other_portal: 'Cette base de données appartient à un autre portail que le dossier des clés. Restaurez le bon dossier.',
    no_role: 'Un des rôles n’existe pas dans la base de données. Créez-le d’abord : CREATE ROLE … LOGIN PASSWORD …',
    not_found: 'Cela n’existe pas sur ce portail.',
  },
  internal: 'Quelque chose d’inattendu s’est produit. Avec SCEAU_LOG_LEVEL=debug, la cause est affichée.',
};
