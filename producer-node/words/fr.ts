import { sayCause } from '#client';
import { problemText } from '../delivery/portal-problem.ts';
import type { Words } from './en.ts';

/** Un nombre et son mot, au pluriel à partir de deux. */
function counted(count: number, word: string): string {
  return `${count} ${word}${count >= 2 ? 's' : ''}`;
}

const errors: Words['errors'] = {
  // usage
  missing_option: (p) => `Il manque une information (${p.what}) : ajoutez ${p.option}.`,
  bad_option: (p) => `${p.option} ne peut pas valoir « ${p.value} ». Attendu : ${p.expected}.`,
  two_producers: (p) => `Ce nœud sert plusieurs producteurs (${p.names}) : précisez lequel avec --producer NOM.`,
  producer_unknown: (p) => `Ce nœud ne sert aucun producteur nommé « ${p.name} ». « sceau-node status » les énumère.`,
  producer_ambiguous: (p) => `Plusieurs producteurs correspondent à « ${p.name} » : donnez l’identifiant entier.`,
  // dossier et base du nœud
  not_initialised: () => 'Ce nœud n’a encore aucun producteur. Commencez par : sceau-node init --name "Nom de votre organisation"',
  home_too_open: (p) => `${p.path} est lisible par d’autres comptes de cette machine (droits ${p.mode}). Rien n’a été fait. Fermez-le d’abord : chmod -R go-rwx '${p.path}'`,
  home_not_ours: (p) => `${p.path} appartient à un autre compte. Lancez le nœud sous ce compte.`,
  home_unwritable: (p) => `Le dossier du nœud ${p.path} ne peut pas servir : ${p.reason}.`,
  key_missing: (p) => `Le fichier de clé ${p.path} n’est pas là. Reprenez-le dans votre sauvegarde.`,
  key_damaged: (p) => `Le fichier ${p.path} est abîmé ou n’est pas la clé attendue. Reprenez-le dans votre sauvegarde.`,
  database_unset: () => 'DATABASE_URL n’est pas défini : il dit où se trouve la base PostgreSQL propre au nœud, par exemple postgresql://sceau_node@localhost/sceau_node.',
  database_away: (p) => `La base de données du nœud ne répond pas (${p.reason}). Rien n’a été modifié.`,
  secret_file_unreadable: (p) => `${p.variable} désigne ${p.path}, qui ne peut pas être lu.`,
  // fichiers
  file_missing: (p) => `${p.file} n’existe pas.`,
  file_unreadable: (p) => `${p.file} ne peut pas être lu : ${p.reason}.`,
  file_is_folder: (p) => `${p.file} est un dossier. Nommez les fichiers eux-mêmes, ou réunissez-les dans une archive.`,
  file_not_regular: (p) => `${p.file} n’est pas un fichier ordinaire.`,
  file_empty: (p) => `${p.file} est vide : il n’y a rien à publier.`,
  file_changed: (p) => `${p.file} a changé pendant la lecture. Rien n’a été publié ; recommencez une fois le fichier complet.`,
  file_named_twice: (p) => `Deux fichiers s’appellent ${p.name}. Les fichiers d’un jeu de données portent des noms différents.`,
  not_json: (p) => `${p.file} n’est pas du JSON : ${p.place === undefined ? p.reason : `ligne ${p.place.line}, colonne ${p.place.column}`}.`,
  no_records: (p) => `${p.file} ne contient aucune fiche RUDI : on attend un objet, une liste d’objets, ou un objet avec « items ».`,
  wrong_schema: (p) => `${p.what} est refusé : ${p.issues}`,
  disk_full: (p) => `Plus de place pour écrire dans ${p.path}. Rien n’a été publié et le fichier inachevé a été supprimé.`,
  // portail
  bad_portal_url: (p) => `« ${p.url} » n’est pas l’adresse d’un portail, comme https://data.example.org.`,
  insecure_portal: (p) => `${p.url} serait appelé sans chiffrement : tout ce qui y est envoyé pourrait être lu en chemin. Utilisez https ; http ne sert que pour un portail sur cette machine même.`,
  portal_away: (p) => `Le portail ${p.portal} ne répond pas (${typeof p.reason === 'string' ? sayCause('fr', p.reason) : problemText(p.reason, 'fr')}).`,
  not_a_portal: (p) => `${p.portal} ne répond pas comme un portail : ${p.reason}.`,
  portal_refused: (p) => `Le portail refuse : ${problemText(p.problem, 'fr')}`,
  portal_failing: (p) => `Le portail ${p.portal} échoue à traiter cet envoi : ${problemText(p.problem, 'fr')}. Il reste signé et repartira plus tard.`,
  send_again: (p) => `Le portail demande un nouvel envoi : ${problemText(p.problem, 'fr')}. Tout reste signé et repartira plus tard.`,
  portal_keys_changed: (p) =>
    `STOP. Les clés que montre ${p.portal} ne prolongent pas celles que ce nœud connaît (${p.reason}). Rien n’a été envoyé. Ou bien le portail a été remplacé, ou bien quelqu’un s’interpose : téléphonez à son opérateur.`,
  other_portal: (p) => `${p.name} est déjà inscrit auprès de ${p.portal} ; un producteur a un seul portail.`,
  clock_off: (p) =>
    `L’horloge de cette machine est en ${p.ahead ? 'avance' : 'retard'} d’environ ${p.minutes} min sur celle de ${p.portal}. Au-delà d’une minute les appels signés sont refusés : mettez l’horloge à l’heure (timedatectl set-ntp true), puis recommencez.`,
  not_enrolled: (p) => `${p.name} n’est pas encore inscrit auprès d’un portail : sceau-node enrol --portal ADRESSE`,
  enrolment_pending: (p) => `L’opérateur de ${p.portal} n’a pas encore confirmé ${p.name}. « sceau-node status » dira quand c’est fait.`,
  enrolment_refused: (p) => `L’opérateur de ${p.portal} a refusé l’inscription de ${p.name}. Demandez un nouveau code.`,
  fingerprint_differs: (p) => `STOP. L’empreinte est ici ${p.shown} ; l’opérateur a donné ${p.given}. Rien n’a été accepté : prévenez l’opérateur, qui doit refuser cette inscription.`,
  fingerprint_open: (p) =>
    `L’empreinte de ${p.name} n’a pas encore été comparée. Elle est ici ${p.fingerprint} ; demandez la sienne à l’opérateur de ${p.portal}, puis : sceau-node enrol --portal ${p.portal} --fingerprint "…"`,
  fingerprint_rejected: () => 'STOP. Vous avez dit que les empreintes diffèrent. Rien n’a été accepté : prévenez l’opérateur, qui doit refuser cette inscription.',
  node_unknown: (p) => `${p.portal} n’accepte pas la signature de ce nœud : le producteur y est peut-être suspendu, ou la clé du nœud manque à son jeu de clés.`,
  // jeux de données
  dataset_unknown: (p) => `Ce producteur n’a pas de jeu de données ${p.dataset_id}.`,
  dataset_foreign: (p) => `Le jeu de données ${p.dataset_id} appartient à un autre producteur : lui seul peut le publier ou le retirer.`,
  dataset_withdrawn: (p) => `Le jeu de données ${p.dataset_id} est déjà retiré.`,
  version_conflict: (p) =>
    `Conflit sur le jeu de données ${p.dataset_id} : ce nœud connaît ${p.here}, le portail montre ${p.there}. Rien n’a été signé. Une autre copie de ce nœud a peut-être publié ; comparez les deux avant de continuer.`,
  published_meanwhile: (p) => `Un autre processus a publié le jeu de données ${p.dataset_id} au même moment. Recommencez pour publier à sa suite.`,
  publication_refused: (p) => `Le portail a refusé la version ${p.version} de « ${p.title} » : ${p.detail}`,
  body_lost: (p) => `Ce qui devait être envoyé de ${p.name} n’est plus dans le dossier du nœud. Cette version est abandonnée ; publiez le fichier à nouveau.`,
  grant_unknown: (p) => `Le portail ne connaît pas d’accès ${p.grant_id} pour ce producteur.`,
  grant_not_ours: (p) =>
    `ARRÊT. Le portail montre l’accès ${p.grant_id}, que ce nœud n’a jamais signé, pour des données dont lui seul détient la clé. Rien n’a été scellé pour cet accès et rien ne s’ouvre avec lui. Prévenez l’opérateur du portail.`,
  request_unknown: (p) => `Le portail ne connaît aucune demande ${p.request_id} pour les données de ce producteur.`,
  request_not_open: (p) => `La demande ${p.request_id} n’attend pas de décision (${p.state}).`,
  request_unsigned: (p) => `Aucune clé n’a encore signé la demande ${p.request_id} : il n’y a personne pour qui sceller les données.`,
  request_decided: (p) => `Ce nœud a déjà décidé la demande ${p.request_id}. Une fois suffit : la personne peut demander à nouveau.`,
  request_refused: (p) => `La signature de la demande ${p.request_id} ne tient pas (${p.reason}). Rien n’a été accordé.`,
  request_mismatch: (p) => `Le portail montre la demande ${p.request_id} autrement qu’elle n’a été signée (${p.what}). Rien n’a été accordé.`,
  request_expired: (p) => `La demande signée ${p.request_id} a expiré. La personne doit demander à nouveau.`,
  consumer_chain_refused: (p) => `Les clés que montre le portail ne sont pas celles de ${p.consumer_id} (${p.reason}). Rien n’a été accordé.`,
  consumer_changed: (p) =>
    `ARRÊT. Les clés de ${p.name} ont changé autrement que par un appareil ajouté par la personne elle-même${p.why === '' ? '' : ` (${p.why})`}. Rien n’est plus scellé pour elles. Téléphonez, comparez les chiffres, puis : sceau-node consumers confirm ${p.consumer_id}`,
  consumer_unknown: (p) => `Ce nœud ne connaît pas ${p.consumer_id}. « sceau-node consumers » en donne la liste.`,
  consumer_unchanged: (p) => `Les clés de ${p.name} n’ont pas changé : il n’y a rien à confirmer.`,
  fingerprint_needed: (p) =>
    `Les chiffres de ${p.name} n’ont pas encore été comparés. Ici, ce sont ${p.fingerprint} ; demandez les siens, à un numéro de téléphone que vous connaissez par ailleurs, puis ajoutez --fingerprint "…". --yes n’en tient pas lieu.`,
  consumer_fingerprint_differs: (p) => `ARRÊT. Les chiffres de ${p.name} sont ici ${p.shown} ; ceux donnés sont ${p.given}. Rien n’a été accordé : quelqu’un d’autre recevrait les données.`,
  consumer_fingerprint_rejected: () => 'ARRÊT. Vous avez dit que les chiffres diffèrent. Rien n’a été accordé : quelqu’un d’autre recevrait les données.',
  decided_on_portal: (p) => `L’accès à « ${p.title} » se décide sur la page du portail : le portail aide à en remettre la clé.`,
  rule_unknown: (p) => `Ce nœud n’a pas de règle ${p.rule_id}. « sceau-node rules » en donne la liste.`,
  content_key_closed: (p) =>
    `La copie, sur ce nœud, de la clé n° ${p.epoch} du jeu de données ${p.dataset_id} ne s’ouvre pas (${p.reason}). Restaurez le dossier et la base du nœud à partir de la même sauvegarde.`,
  grant_over: (p) => `L’accès ${p.grant_id} est déjà terminé (${p.state}).`,
  keys_expired: (p) => `Les clés de ${p.name} sont échues depuis le ${p.since} : personne n’accepte ce qu’elles signent. Renouvelez-les : sceau-node keys rotate, puis faites signer avec la clé racine.`,
  keys_shared: (p) => `La clé propre du nœud sert plusieurs producteurs (${p.names}). Elle ne se remplace que sur un nœud d’un seul producteur : retirez --role api.`,
  key_unknown: (p) => `Le jeu de clés le plus récent n’a pas de clé ${p.kid}. « sceau-node keys » en donne la liste.`,
  key_role_missing: (p) => `Sans cette clé, personne n’aurait le rôle ${p.role}. Remplacez-la plutôt : sceau-node keys rotate --role ${p.role}`,
  threshold_too_high: (p) => `${p.threshold} clés racines devraient signer, mais il n’y en aurait que ${p.roots}. Choisissez un --threshold qu’elles peuvent atteindre.`,
  key_proposal_waits: () => 'Un changement de clés attend déjà. « sceau-node keys » le montre : faites-le signer et soumettez-le, ou abandonnez-le avec --replace.',
  key_proposal_none: () => 'Aucun changement de clés n’attend ici. Commencez par : sceau-node keys rotate',
  key_proposal_damaged: (p) => `Ce changement de clés ne tient pas (${p.reason}). Rien n’a été fait : recommencez avec « sceau-node keys rotate --replace ».`,
  key_proposal_other: () => 'ARRÊT. Ce fichier porte sur un autre changement de clés que celui qui attend ici. Rien n’a été fait : comparez les chiffres.',
  key_proposal_unsigned: (p) => `Il manque des signatures : ${p.present} des clés racines actuelles, ${p.proposed} des clés proposées. Faites signer : sceau-node keys sign FICHIER --root RACINE.`,
  root_not_entitled: (p) => `La clé ${p.kid} n’est clé racine ni du jeu de clés actuel ni de celui proposé.`,
  proposal_fingerprint_differs: (p) => `ARRÊT. Les chiffres de ce fichier sont ${p.shown} ; ceux donnés sont ${p.given}. Rien n’a été signé : ce n’est pas le changement proposé par le nœud.`,
  outbox_waits: (p) => `Des éléments signés avec les clés actuelles attendent d’être envoyés (${p.waiting}) : sceau-node deliver. Ou ajoutez --anyway, et publiez à nouveau ce qui sera refusé.`,
  file_unwritable: (p) => `${p.file} ne peut pas être écrit : ${p.reason}.`,
  busy: (p) => `Un autre processus de ce nœud y travaille en ce moment (${p.what}).`,
  port_busy: (p) => `${p.address} est déjà pris. Choisissez un autre port avec SCEAU_NODE_PORT.`,
  cancelled: () => 'Abandonné. Rien n’a été publié.',
  newer_backup: (p) => `Cette sauvegarde vient d’une version plus récente du programme (${p.migration}). Restaurez-la avec cette version.`,
  internal: (p) => `Quelque chose qui ne devrait pas arriver : ${p.reason}.`,
};

const help: Words['help'] = {
  program: 'Publier les données de votre organisation sur un portail Sceau : signées, et scellées quand l’accès est réservé.',
  program_after: `La première fois :
  sceau-node init --name "Rennes Métropole"       fabrique les clés de votre organisation
  sceau-node enrol --portal https://data.example.org   avec le code remis par l’opérateur du portail
  sceau-node publish stations.csv                 déduit ce qu’il peut, demande le reste

Environnement :
  SCEAU_NODE_HOME   dossier du nœud : clés et file d’envoi (par défaut ~/.local/share/sceau-node)
  DATABASE_URL      base PostgreSQL propre au nœud (ou DATABASE_URL_FILE, un fichier qui la contient)
  SCEAU_NODE_PORT   où « run » répond à /health, sur cette machine seulement (8790 ; 0 : au choix)

Codes de sortie :
  0 fait   1 échec   2 mauvais usage   3 refusé par le portail   4 portail absent : ce qui est signé attend et partira plus tard`,
  usage_title: 'Usage :', options_title: 'Options :', arguments_title: 'Arguments :', commands_title: 'Commandes :',
  global_options_title: 'Options générales :',
  lang: 'langue des messages : fr ou en', json: 'résultat en JSON sur la sortie standard', producer: 'quel producteur, par son nom ou son identifiant',
  help: 'afficher cette aide', help_command: 'afficher l’aide d’une commande', version: 'afficher la version',
  init: 'préparer ce nœud et fabriquer les clés d’un producteur',
  init_after: `Crée le dossier du nœud (0700) et les fichiers de clés (0600), prépare la base, fabrique les clés du producteur.
Relancée avec le même nom, la commande ne change rien ; avec un autre nom, elle ajoute un producteur à ce nœud.

Exemple :
  sceau-node init --name "Rennes Métropole" --domain rennes.example.org`,
  init_name: 'nom de l’organisation, tel que le public le lit',
  init_domain: 'nom de domaine de l’organisation, si elle y publie son identifiant',
  enrol: 'présenter le producteur à un portail, avec le code de son opérateur',
  enrol_after: `Le code vient de l’opérateur du portail, ne sert qu’une fois et ne se donne jamais en argument : il est demandé, ou lu dans
--code-file (- pour l’entrée standard). Une empreinte de six groupes de cinq chiffres s’affiche alors : lisez-la à l’opérateur,
au téléphone par exemple. Vous devez voir tous deux les mêmes chiffres ; c’est ce qui rend l’inscription sûre.

Si le portail change d’adresse, la même commande avec la nouvelle le suit, sans code : il doit montrer les clés connues ici.

Exemples :
  sceau-node enrol --portal https://data.example.org
  sceau-node enrol --portal https://data.example.org --code-file code.txt --fingerprint "01234 56789 01234 56789 01234 56789"`,
  enrol_portal: 'adresse du portail',
  enrol_code_file: 'fichier contenant le code à usage unique ; - pour l’entrée standard',
  enrol_fingerprint: 'empreinte donnée par l’opérateur ; elle est comparée',
  enrol_yes: 'accepter l’empreinte sans la comparer (moins sûr)',
  enrol_wait: 'secondes d’attente de la confirmation de l’opérateur',
  publish: 'publier des fichiers comme jeu de données, ou une nouvelle version',
  publish_after: `Format, encodage, colonnes, nombre de lignes, période et emprise sont lus dans les fichiers ; le titre vient du nom. D’un fichier
réservé, ce qui a été lu n’est montré qu’à vous : seul ce que vous dites (--period, --bbox) est publié. Sur un terminal, le reste
est demandé et une fiche s’affiche avant toute signature. Avec --yes rien n’est demandé : ce qui manque est une erreur qui nomme l’option.

Les fichiers donnés sont toute la nouvelle version. Un fichier déjà publié est reconnu à son chemin et devient la version suivante
de son jeu de données ; ce que vous ne dites pas reste comme avant. Fichiers et description inchangés : il ne se passe rien.

Qui peut l’ouvrir :
  --access open         tout le monde
  --access restricted   ceux que vous acceptez : les fichiers sont scellés ici, avant de quitter cette machine. Ensuite :
    --custody portal    le portail aide : la décision se prend sur sa page, et qui contrôle son service de livraison pourrait lire (par défaut)
    --custody producer  vous seuls détenez la clé : la décision se prend sur ce nœud, et ni le portail ni le stockage ne peuvent lire

Exemples :
  sceau-node publish stations.csv
  sceau-node publish stations.csv --yes --access open --theme transportation --licence etalab-2.0 --summary "Toutes les stations de vélos."
  sceau-node publish logement.csv --yes --custody producer --theme housing --licence etalab-2.0 --summary "…" --json`,
  publish_files: 'les fichiers', title: 'titre, 150 caractères au plus', summary: 'description, en quelques phrases', synopsis: 'une ligne pour les listes (à défaut : début de la description)',
  theme: 'thème, parmi : ', keyword: 'mot-clé ; répétable, ou séparés par des virgules', licence: 'code de licence, comme etalab-2.0 ou odbl-1.0',
  access: 'open (tout le monde) ou restricted (réservé)', custody: 'qui détient la clé des fichiers réservés : portal, ou producer (ce nœud seul)', period: 'période concernée : 2024, 2024-01-01/2024-12-31, ou none', bbox: 'emprise en degrés : ouest,sud,est,nord, ou none', language: 'langue des données',
  dataset: 'publier comme version suivante de ce jeu de données', new_dataset: 'publier comme nouveau jeu de données même si le fichier est connu',
  contact_name: 'à qui s’adresser au sujet des données', contact_email: 'son adresse de courriel', sensitive: 'les données concernent des personnes (RGPD)',
  yes: 'ne rien demander', no_deliver: 'signer et mettre en attente seulement ; « deliver » ou « run » enverra',
  import: 'publier des fiches RUDI telles quelles',
  import_after: `Lit une fiche RUDI, une liste de fiches, ou un objet avec "items". Chaque fiche garde son identifiant (global_id) et ses
métadonnées ; seuls les noms et adresses des personnes sont remplacés dans ce qui est signé. Les fichiers déposés ailleurs
deviennent des liens. Une fiche déjà publiée et inchangée est laissée telle quelle ; une fiche fautive est signalée sans arrêter les autres.

Exemples :
  sceau-node import catalogue.json --dry-run
  sceau-node import catalogue.json --select budget --limit 20`,
  import_file: 'fichier JSON de fiches RUDI', import_select: 'seulement les fiches de cet identifiant, ou dont le titre contient ce mot ; répétable',
  import_limit: 'au plus tant de fiches', import_dry_run: 'vérifier et rendre compte, sans rien publier',
  withdraw: 'retirer un jeu de données', withdraw_dataset: 'identifiant du jeu de données',
  withdraw_after: `Publie une version signée qui dit « retiré » et ne porte aucun fichier. Les versions antérieures restent prouvables. Ce que
d’autres ont déjà téléchargé ou ouvert ne peut pas être repris.

Exemple :
  sceau-node withdraw 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84`,
  requests: 'qui demande accès aux jeux de données du producteur',
  requests_after: `Pour les données dont ce nœud seul détient la clé, la signature de chaque demande est vérifiée ici et les chiffres sont calculés ici : décidez
avec « approve » et « refuse ». Un clic sur la page du portail apparaît comme une proposition et n’ouvre rien. Là où le portail aide, décidez
sur sa page. Dans les deux cas, comparez les chiffres avec la personne avant d’accepter.

Exemple :
  sceau-node requests --state submitted`,
  requests_state: 'seulement les demandes dans cet état',
  approve: 'accorder une demande, là où ce nœud seul détient la clé',
  approve_after: `Montre qui demande et les trente chiffres de ses clés. Faites lire les siens à la personne, à un numéro que vous connaissez par ailleurs ; seuls
les mêmes chiffres disent que les données sont scellées pour elle. Une fois comparées, ses clés sont retenues ici. À une demande sans clé
vous donnez un accord de principe : la personne associe un ordinateur, puis vous approuvez à nouveau.

Exemples :
  sceau-node approve 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84
  sceau-node approve 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --until 2027-06-30 --fingerprint "01234 56789 01234 56789 01234 56789" --yes`,
  approve_request: 'identifiant de la demande, donné par « sceau-node requests »', approve_until: 'dernier jour (2027-06-30) ou nombre de jours (90) ; 180 jours sinon', approve_from: 'premier jour ; aujourd’hui sinon',
  approve_history: 'ouvrir aussi les fichiers scellés avec des clés antérieures', approve_fingerprint: 'chiffres lus par la personne ; comparés',
  approve_vouched_by: 'l’organisation qui garantit ces chiffres, s’ils viennent d’elle et non de la personne', approve_note: 'mots pour la personne, envoyés par courriel',
  approve_yes: 'ne pas demander s’il faut accorder ; ne tient jamais lieu de comparaison des chiffres',
  refuse: 'refuser une demande, avec un motif', refuse_reason: 'pourquoi ; la personne reçoit ces mots',
  refuse_after: `Exemple :
  sceau-node refuse 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --reason "Hors de la convention."`,
  rules: 'ce que « run » accorde de lui-même',
  rules_after: `Une règle accorde des demandes portant sur des données dont ce nœud seul détient la clé. Elle regarde le domaine de l’adresse, que seul le portail
a confirmée. Avec --first-use refuse, elle accorde aux personnes dont vous avez déjà comparé les chiffres ; avec --first-use accept, aussi à
des clés que personne n’a comparées : qui contrôle le portail pourrait alors se faire passer pour quelqu’un de ce domaine. À réserver aux
données pour lesquelles c’est acceptable.

Exemples :
  sceau-node rules add --domain universite.example --days 90 --first-use refuse
  sceau-node rules add --dataset 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --anyone --days 7 --first-use accept
  sceau-node rules remove c2a9e1f4-6b7d-4a3c-8e5f-0d1b2c3a4f56`,
  rules_list: 'les règles en vigueur', rules_add: 'ajouter une règle', rules_remove: 'retirer une règle ; ce qu’elle a accordé reste', rules_rule: 'identifiant de la règle',
  rules_dataset: 'seulement ce jeu de données ; tous sinon', rules_domain: 'domaine de l’adresse de qui demande', rules_anyone: 'qui que ce soit', rules_days: 'durée d’un accès, en jours',
  rules_first_use: 'clés que personne n’a comparées : accept ou refuse',
  consumers: 'pour quelles clés ce nœud scelle, et comment elles ont été confirmées',
  consumers_after: `Les clés sont retenues à la première approbation. Un appareil ajouté par un appareil déjà connu est pris et listé. Tout autre changement arrête
tout pour cette personne, jusqu’à ce que vous lui téléphoniez, compariez les chiffres du nouveau jeu de clés et confirmiez.

Exemple :
  sceau-node consumers confirm H1qum1QjH0F0jgqVHCkPq4zYEL4UyJeu-7Mlr9TpfhY --fingerprint "01234 56789 01234 56789 01234 56789"`,
  consumers_list: 'pour quelles clés ce nœud scelle', consumers_confirm: 'prendre des clés changées après comparaison des chiffres', consumers_consumer: 'identifiant',
  grants: 'qui a un accès', grants_after: `Exemple :
  sceau-node grants`,
  revoke: 'mettre fin à un accès avant son terme', revoke_grant: 'identifiant de l’accès, tel que « sceau-node grants » l’affiche', revoke_reason: 'pourquoi, sans nommer de personne',
  revoke_after: `Signe la révocation avec la clé de votre organisation et l’envoie. Dès lors, ni clé ni en-tête ne sont plus remis ; le prochain
fichier modifié est scellé avec une nouvelle clé. Ce qui a déjà été ouvert reste à qui l’a ouvert.

Exemple :
  sceau-node revoke c2a9e1f4-6b7d-4a3c-8e5f-0d1b2c3a4f56 --reason "L’étude est terminée."`,
  status: 'producteurs, portail, envois en attente, jeux de données, clés',
  status_after: `Exemple :
  sceau-node status --json`,
  backup: 'sauvegarder ce nœud : clés, base, fichiers en attente', backup_after: `Tout est scellé pour qui pourra restaurer ; les clés hors ligne n’y sont pas. Le nœud peut continuer à tourner.

Exemple :
  sceau-node backup /srv/sauvegardes/2026-11-24 --recipient age1…`,
  restore: 'restaurer une sauvegarde dans un dossier vide et une base vide', restore_after: `Tout est vérifié avant d’écrire quoi que ce soit, et rien n’est écrasé. Ne laissez jamais tourner à la fois le nœud restauré et l’ancien.

Exemple :
  sceau-node restore /srv/sauvegardes/2026-11-24 --identity operateur.txt`,
  keys: 'les clés du producteur : montrer, remplacer, renouveler, retirer',
  keys_after: `Les clés de tous les jours se remplacent en trois temps. Ce nœud en fait de nouvelles et écrit un fichier ; qui garde une clé racine signe ce
fichier, sur une machine qui n’a besoin ni de nœud ni de réseau ; ce nœud le soumet. D’ici là rien ne change. Ce qui a été publié
auparavant reste vérifiable. Un jeu de clés vaut deux ans : les mêmes trois temps le renouvellent.

Exemples :
  sceau-node keys rotate                                    nouvelles clés pour manifest, decide et release
  sceau-node keys sign proposal.json --root root.jwk --fingerprint "01234 56789 01234 56789 01234 56789"
  sceau-node keys submit proposal.json                      un fichier, ou plusieurs copies signées par des personnes différentes
  sceau-node keys root seconde-racine.jwk                   une clé racine de plus ; puis, avec sa moitié publique :
  sceau-node keys rotate --add-root seconde-racine.jwk.pub --threshold 2`,
  keys_list: 'les clés en vigueur, et ce qui attend', keys_rotate: 'nouvelles clés de tous les jours, et deux ans de plus', keys_retire: 'se passer désormais d’une clé', keys_sign: 'signer un changement avec une clé racine',
  keys_submit: 'porter au portail un changement signé', keys_root: 'faire une clé racine de plus', keys_role: 'quelle clé : manifest, decide, release, api ; les trois premières sinon', keys_add_root: 'moitié publique d’une clé racine de plus',
  keys_threshold: 'combien de clés racines doivent désormais signer', keys_replace: 'abandonner le changement qui attend', keys_kids: 'noms des clés, donnés par « sceau-node keys »', keys_file: 'le fichier écrit par le nœud',
  keys_root_file: 'la clé racine', keys_fingerprint: 'les chiffres affichés par le nœud', keys_root_out: 'où la nouvelle clé racine est écrite', keys_files: 'copies signées du fichier écrit par le nœud',
  keys_anyway: 'même si des éléments signés avec les clés actuelles attendent d’être envoyés',
  deliver: 'envoyer ce qui attend', deliver_after: `Envoie tout ce qui a été signé pendant l’absence du portail. Peut être répétée, aussi à côté d’un « run » en marche.

Exemple :
  sceau-node deliver`,
  run: 'rester en marche : tout envoyer, tout tenir à jour',
  run_after: `Envoie ce qui attend, signe chaque jour la liste des versions les plus récentes, accorde ce que couvre une règle (« rules »), donne les
nouvelles clés à qui a l’accès, signale au portail que le nœud vit, et répond à /health sur cette machine seulement. S’arrête proprement sur Ctrl-C ou SIGTERM. Plusieurs peuvent tourner sur une même base.

Exemple :
  sceau-node run`,
};

const cli: Words['cli'] = {
  error: 'Erreur', warning: 'Attention', note: 'Remarque', colon: ' : ',
  unknown_option: (p) => `L’option ${p.option} n’existe pas. Voir --help.`,
  unknown_command: (p) => `La commande ${p.command} n’existe pas. Voir sceau-node --help.`,
  option_needs_value: (p) => `L’option ${p.option} demande une valeur.`,
  argument_missing: (p) => `Il manque un argument : ${p.name}. Voir --help.`,
  too_many_arguments: 'Trop d’arguments. Voir --help.',
  yes_letters: 'oOyY', no_letters: 'nN', yes_no: '[o/n]', answer_yes_no: 'Répondez o ou n.',
  producer_made: (p) => `Les clés de ${p.name} sont faites.`,
  producer_there: (p) => `${p.name} est déjà sur ce nœud ; rien n’a changé.`,
  identifier: 'Identifiant', folder: 'Dossier', keys_expire: 'Clés valables jusqu’au',
  move_offline: (p) => `Déplacez maintenant le dossier ${p.folder}
sur un support gardé au coffre, en deux exemplaires, et supprimez-le d’ici. Il contient :
  root.jwk       signe les changements de vos clés ; le travail quotidien n’en a jamais besoin
  recovery.txt   ouvre les copies de secours des clés des données scellées, si tout le reste est perdu
Qui le possède peut parler au nom de votre organisation.`,
  next_enrol: 'Ensuite : sceau-node enrol --portal ADRESSE',
  ask_code: 'Code à usage unique remis par l’opérateur du portail',
  fingerprint_is: 'Empreinte',
  read_out: (p) => `Lisez ces chiffres à l’opérateur de ${p.portal}, et écoutez les siens.`,
  ask_same: 'L’opérateur voit-il exactement les mêmes chiffres ?',
  fingerprint_equal: 'L’empreinte est bien celle que l’opérateur vous a donnée.',
  not_compared: 'L’empreinte n’a pas été comparée (--yes) : si quelqu’un s’interpose entre vous et le portail, personne ne l’a encore remarqué. L’opérateur doit encore la comparer.',
  waiting_for_operator: 'En attente de la confirmation de l’opérateur…',
  enrolled: (p) => `${p.name} est inscrit auprès de ${p.portal}.`,
  still_pending: 'Pas encore confirmé. Pour la suite : sceau-node status',
  next_publish: 'Ensuite : sceau-node publish FICHIER',
  card_title: (p) => (p.version === 1 ? 'Nouveau jeu de données' : `Version ${p.version} du jeu de données`),
  label_title: 'Titre', label_summary: 'Description', label_theme: 'Thème', label_keywords: 'Mots-clés', label_licence: 'Licence', label_access: 'Qui peut l’ouvrir',
  label_period: 'Période', label_contact: 'Contact', label_files: 'Fichiers', label_place: 'Emprise', label_dataset: 'Jeu de données', label_version: 'Version',
  access_open: 'tout le monde', access_restricted: 'ceux que nous acceptons, le portail aide',
  access_restricted_why: 'La décision se prend sur la page du portail. Qui contrôle son service de livraison pourrait lire les fichiers.',
  access_producer: 'ceux que nous acceptons, nous seuls détenons la clé',
  access_producer_why: 'La décision se prend sur ce nœud, qui doit tourner ou servir de temps en temps. Ni le portail ni le stockage ne peuvent lire les fichiers.',
  rows: (p) => `${p.count} lignes`, columns: (p) => `colonnes : ${p.names}`, objects: (p) => `${p.count} objets`,
  dropped_files: (p) => `Absents de la nouvelle version : ${p.names}`,
  label_local: 'Lu ici seulement',
  local_note: 'Ce qui a été lu dans les fichiers reste sur cette machine. Pour publier une période ou une emprise, dites-la : --period, --bbox.',
  bytes_differ_sealed_note: (p) => `${p.file} : son nom dit ${p.by_name}, son contenu dit ${p.by_bytes} ; seul ce que dit le nom est publié.`,
  encoding_note: (p) => `${p.file} est écrit en ${p.encoding} ; il est publié tel quel. L’UTF-8 facilite la réutilisation.`,
  bytes_differ_note: (p) => `${p.file} : son nom dit ${p.by_name}, son contenu dit ${p.by_bytes} ; publié comme ${p.by_bytes}.`,
  licence_note: (p) => `${p.licence} ne figure pas parmi les licences que l’administration peut choisir pour la réutilisation gratuite (CRPA, D323-2-1) : la Licence Ouverte 2.0 ou l’ODbL sont plus sûres.`,
  ask_title: 'Titre', ask_summary: 'Décrivez les données en quelques phrases', ask_theme: 'Thème', ask_licence: 'Licence',
  ask_access: 'Qui peut l’ouvrir ?', ask_contact: 'Courriel pour les questions (vide : aucun)', ask_publish: 'Publier ?',
  choose_number: 'Numéro', answer_needed: 'Il faut une réponse ici.', answer_number: (p) => `Répondez par un numéro de 1 à ${p.most}.`,
  portal_away_unsure: 'Le portail ne répond pas : signé d’après ce que ce nœud sait, et envoyé plus tard.',
  reading: (p) => `Lecture de ${p.file}`, sealing: (p) => `Scellement de ${p.file}`, copying: (p) => `Préparation de ${p.file}`,
  sending: (p) => `Envoi de ${p.file}`,
  published: (p) => `Publié : « ${p.title} », version ${p.version}.`,
  published_sealed: 'Les fichiers ont quitté cette machine scellés.',
  earlier_versions_were_open: 'Des versions de ce jeu de données étaient ouvertes jusqu’ici : le portail n’en distribue plus les fichiers, mais qui les a téléchargés les a.',
  unchanged: (p) => `Rien n’a changé : « ${p.title} » reste à la version ${p.version}.`,
  queued: (p) => `Signé, en attente : « ${p.title} », version ${p.version}. L’envoi se fera par « sceau-node deliver » ou « sceau-node run ».`,
  adopted: (p) => `Le portail a déjà la version ${p.version} de ce jeu de données, signée avec notre clé : ce nœud continue à partir d’elle.`,
  new_epoch: 'Les fichiers sont scellés avec une nouvelle clé.',
  label_page: 'Page',
  import_line_published: 'publié', import_line_queued: 'en attente', import_line_unchanged: 'inchangé', import_line_faulty: 'FAUTIF', import_line_refused: 'REFUSÉ', import_line_checked: 'correct',
  import_summary: (p) => `${counted(p.total, 'fiche')} : ${counted(p.published, 'publiée')}, ${p.queued} en attente, ${counted(p.unchanged, 'inchangée')}, ${counted(p.faulty, 'fautive')}, ${counted(p.refused, 'refusée')} par le portail.`,
  import_dry_summary: (p) => `${counted(p.total, 'fiche')} : ${counted(p.good, 'correcte')}, ${counted(p.faulty, 'fautive')}. Rien n’a été publié.`,
  record_at: (p) => `fiche ${p.index + 1}`,
  ask_withdraw: (p) => `Retirer « ${p.title} » ?`,
  withdrawn: (p) => `Retiré : « ${p.title} » (la version ${p.version} le dit).`,
  no_requests: 'Personne ne demande d’accès en ce moment.', no_grants: 'Personne n’a d’accès en ce moment.',
  label_state: 'État', label_who: 'Qui', label_what: 'Quoi', label_why: 'Pourquoi', label_since: 'Depuis', label_until: 'Jusqu’au', label_fingerprint: 'Empreinte', label_grant: 'Accès', label_request: 'Demande',
  revoked: (p) => `L’accès ${p.grant_id} est terminé.`,
  revocation_queued: (p) => `La fin de l’accès ${p.grant_id} est signée et attend : le portail ne répond pas.`,
  revoked_limits: 'Ce qui a déjà été ouvert reste à qui l’a ouvert. Le prochain fichier modifié est scellé avec une nouvelle clé.',
  label_their_keys: 'Ses clés', label_proposal: 'Proposé', label_devices: 'Appareils', label_rule: 'Règle', label_mail_domain: 'Domaine des adresses',
  keys_new: 'jamais vues ici : comparez les chiffres', no_key_yet: 'aucun ordinateur associé encore', decided_on_portal: 'se décide sur la page du portail', not_verified: 'NON VÉRIFIÉ',
  keys_known: (p) => `${p.how}, ${p.when}`, keys_extended: (p) => `${p.count} appareil(s) ajouté(s) depuis par un appareil déjà connu`,
  confirmed_person: 'comparées avec la personne', confirmed_organisation: 'garanties par son organisation', confirmed_first_use: 'prises par une règle, comparées par personne',
  proposed_approval: (p) => `accepter, cliqué sur le portail au nom de ${p.by} (parole du portail ; n’ouvre rien)`, proposed_refusal: (p) => `refuser, cliqué sur le portail au nom de ${p.by} (parole du portail)`,
  read_out_consumer: (p) => `Appelez ${p.name}, à un numéro que vous connaissez par ailleurs, et faites lire les chiffres de son ordinateur. Ici, ce sont :\n\n    ${p.fingerprint}\n`,
  ask_same_consumer: (p) => `${p.name} lit-il ou lit-elle exactement les mêmes chiffres ?`,
  ask_approve: (p) => `Donner l’accès à ${p.name} ?`, ask_agree: (p) => `Donner un accord de principe à ${p.name} ?`, ask_refuse: (p) => `Refuser la demande de ${p.name} ?`,
  granted: (p) => `${p.name} a l’accès (${p.grant_id}).`, grant_queued: (p) => `L’accès ${p.grant_id} est signé et scellé, et attend d’être envoyé.`,
  agreed: (p) => `Accord de principe donné : ${p.name} est invité à associer un ordinateur. Approuvez ensuite à nouveau.`, refused: (p) => `Demande refusée. ${p.name} reçoit vos mots.`,
  decision_queued: 'Votre décision est gardée ici et attend d’être envoyée.',
  grant_not_ours: 'PAS DE NOUS : ce nœud ne l’a jamais signé ; rien ne s’ouvre avec lui. Prévenez l’opérateur.',
  no_rules: 'Aucune règle : chaque demande attend une personne.', rule_added: 'La règle s’applique partout où tourne « sceau-node run ».', rule_removed: 'La règle ne s’applique plus. Ce qu’elle a accordé reste jusqu’à son terme ou sa révocation.',
  rule_first_use_warning: 'Cette règle croit le portail sur qui demande : personne ne compare les chiffres.',
  rule_every_dataset: 'tous les jeux dont ce nœud seul détient la clé', rule_anyone: 'qui que ce soit', rule_days: (p) => `${p.days} jours`, rule_first_use: 'aussi des clés que personne n’a comparées', rule_known_keys: 'seulement des clés déjà comparées',
  no_consumers: 'Ce nœud ne scelle encore pour personne.', device: (p) => `${p.kid} (depuis le jeu de clés ${p.version})`,
  consumer_stopped: (p) => `ARRÊTÉ : ${p.why}`, consumer_confirmed: (p) => `Les nouvelles clés de ${p.name} sont retenues.`,
  change_forked: 'un autre jeu de clés à la place d’un jeu connu', change_shorter: 'un jeu de clés plus ancien qu’avant', change_retired: 'un appareil ou une clé a été retiré', change_renamed: 'un autre nom',
  ask_revoke: (p) => `Mettre fin maintenant à l’accès ${p.grant_id} ?`,
  label_node: 'Nœud', label_producer: 'Producteur', label_portal: 'Portail', label_enrolment: 'Inscription', label_last_contact: 'Dernier contact', label_clock: 'Horloge',
  label_outbox: 'En attente d’envoi', label_datasets: 'Jeux de données', label_keys: 'Clés', label_heads: 'Liste des dernières versions',
  never: 'jamais', none: 'aucun', nothing_waits: 'rien',
  enrolment_none: 'pas inscrit', enrolment_pending: 'en attente de l’opérateur', enrolment_active: 'confirmée', enrolment_refused: 'refusée',
  portal_answers: 'répond', portal_silent: (p) => `ne répond pas (${p.reason})`,
  clock_difference: (p) => (Math.abs(p.seconds) < 2 ? 'à la même heure que le portail' : `${Math.abs(p.seconds)} s de ${p.seconds > 0 ? 'retard' : 'avance'} sur le portail`),
  sealing_key: (p) => `scellé, clé n° ${p.epoch} depuis le ${p.since}`,
  valid_until: (p) => `valables jusqu’au ${p.date}`, expire_soon: (p) => `valables jusqu’au ${p.date} : encore ${p.days} jours`,
  label_log: 'Journal du portail',
  log_seen: (p) => `${p.size} actes vus, chaque relevé prolonge le précédent`,
  log_problem: {
    shorter: (p) => `STOP. ${p.portal} montre un journal plus court que les ${p.size} actes que ce nœud a vus : il a été restauré dans un état plus ancien, ou cache ce qu’il avait montré. Téléphonez à son opérateur ; le point de contrôle signé qui le prouve est dans « sceau-node status --json ». Ce qui a été publié ou révoqué depuis est à envoyer de nouveau.`,
    forked: (p) => `STOP. Le journal de ${p.portal} ne prolonge pas les ${p.size} actes que ce nœud a vus. Sauf si son opérateur a annoncé une perte, quelqu’un l’a falsifié : téléphonez-lui ; le point de contrôle signé qui le prouve est dans « sceau-node status --json ».`,
  },
  restored_producers: (p) => `Producteurs de ce nœud : ${p.names}. « sceau-node status » le compare au portail ; les versions que ce nœud a signées depuis la sauvegarde y sont reprises.`,
  offline_still_here: (p) => `Les clés hors ligne sont encore sur cette machine : mettez ${p.folder} au coffre.`,
  status_active: 'publié', status_withdrawn: 'retiré', status_erased: 'effacé', status_queued: 'en attente', status_refused: 'refusé',
  open_short: 'ouvert', restricted_short: 'réservé', described_only: 'décrit seulement',
  heads_fresh: (p) => `à jour jusqu’au ${p.until}`, heads_stale: 'périmée ; « sceau-node run » ou « deliver » la signe à nouveau',
  outbox_line: (p) => `${p.what} : ${counted(p.attempts, 'essai')}${p.error === '' ? '' : `, dernier : ${p.error}`}`,
  kind_version: (p) => `version ${p.version} de « ${p.title} »`, kind_revocation: (p) => `fin de l’accès ${p.grant_id}`,
  kind_grant: (p) => `accès ${p.grant_id}`, kind_package: (p) => `clé n° ${p.epoch} pour l’accès ${p.grant_id}`, kind_decision: (p) => `décision sur la demande ${p.request_id}`,
  expired_since: (p) => `échues depuis le ${p.date} : personne n’accepte ce qu’elles signent`,
  renew_keys: (p) => `Renouvelez les clés de ${p.name} : sceau-node keys rotate, faites signer avec la clé racine, sceau-node keys submit.`,
  label_key_set: 'Jeu de clés', label_keys_new: 'Nouvelles', label_keys_gone: 'Retirées', label_threshold: 'Clés racines qui signent', label_signed: 'Signé par', label_missing: 'Manquent encore',
  signatures_missing: (p) => (p.present + p.proposed === 0 ? 'rien' : `${p.present} des clés racines actuelles, ${p.proposed} des clés proposées`),
  proposal_waits: (p) => `Un changement de clés attend dans ${p.file}`,
  proposal_next: (p) => `Portez ${p.file}
sur la machine où se trouve la clé racine, et comparez-y les chiffres :
  sceau-node keys sign proposal.json --root root.jwk
Rapportez-le, puis : sceau-node keys submit proposal.json`,
  proposal_signed: 'Signé. Rapportez le fichier au nœud : sceau-node keys submit FICHIER',
  ask_same_proposal: 'Sont-ce les chiffres affichés par le nœud ?',
  root_made: (p) => `La clé racine est dans ${p.file} : gardez-la au coffre, en deux exemplaires. Donnez ${p.public_file} au nœud : sceau-node keys rotate --add-root FICHIER`,
  keys_taken: (p) => `Le jeu de clés ${p.version} de ${p.name} est en vigueur, jusqu’au ${p.until}.`,
  keys_not_at_portal: 'Ce producteur n’est encore inscrit à aucun portail ; les clés y iront avec son inscription.',
  heads_later: (p) => `La liste des versions les plus récentes n’a pas encore pu être signée à nouveau (${p.reason}) ; jusqu’à ce que « sceau-node run » ou « deliver » le fasse, les nouveaux lecteurs refusent ce que l’ancienne clé a signé.`,
  restart_run: 'Si la clé propre du nœud (api) a changé, redémarrez « sceau-node run ».',
  delivered: (p) => `${counted(p.done, 'envoyé')}, ${p.waiting} encore en attente, ${counted(p.refused, 'refusé')}.`,
  nothing_to_send: 'Rien n’attend d’être envoyé.',
  listening: (p) => `Le nœud est en marche ; état sur ${p.address}/health`,
  stopping: 'Arrêt…', stopped: 'Arrêté.',
};

/** French words. */
export const fr: Words = { tag: 'fr', errors, help, cli };
