export const help = {
  title: 'Aide',
  lead: 'Trois guides courts. Chacun tient en une minute.',
  contents: 'Les trois guides',
  find: {
    title: 'Trouver et télécharger',
    steps: [
      ['Cherchez avec vos mots', 'Tapez ce que vous cherchez, puis affinez avec les filtres : thème, producteur, format. Chaque filtre se retire d’un clic.'],
      ['Lisez avant de télécharger', 'Qui en répond, quelle licence, quelle date : tout est sur la page du jeu de données.'],
      ['Téléchargez, ou citez l’adresse', 'Les données ouvertes se téléchargent sans compte. Deux adresses ne bougent pas : celle de la version la plus récente, et celle de chaque version.'],
    ],
    link: 'Chercher',
  },
  ask: {
    title: "Demander l’accès à des données scellées",
    steps: [
      ['Expliquez votre usage', 'Sur la page du jeu de données, bouton « Demander l’accès » : un nom, une adresse, un but. Confirmez par le lien reçu par courriel.'],
      ['Attendez la réponse du producteur', 'Elle arrive par courriel, avec son motif. Vous pouvez suivre ou retirer la demande à tout moment.'],
      ['Associez votre ordinateur', 'La commande « sceau » crée ce qu’il faut sur votre ordinateur, et affiche une empreinte de trente chiffres. Le producteur la compare avec vous au téléphone.'],
      ['Ouvrez les données chez vous', 'Une ligne suffit. Le fichier est vérifié octet par octet avant d’être ouvert, et s’ouvre aussi avec l’outil courant « age ».'],
    ],
    link: 'Voir les données sur demande',
  },
  publish: {
    title: 'Publier des données',
    steps: [
      ['Faites-vous inviter', 'L’opérateur du portail vous remet un code à usage unique. Votre organisation nomme la personne qui décidera des accès.'],
      ['Installez un nœud', 'C’est un petit programme, sur votre serveur ou un poste. Il garde vos signatures et scelle vos fichiers avant leur départ. Il n’a pas besoin d’être joignable depuis internet.'],
      ['Comparez l’empreinte', 'L’opérateur vous appelle et lit trente chiffres avec vous : ainsi personne ne peut publier sous votre nom.'],
      ['Publiez un fichier', 'Titre, format, colonnes et période sont devinés ; le nœud demande le reste, montre la fiche, et publie. Une nouvelle version se publie de la même façon.'],
    ],
    link: 'Voir qui publie ici',
    lines: 'Les commandes, sur votre nœud',
  },
  lost: {
    title: 'Un ordinateur perdu ou volé ?',
    text: 'Prévenez le producteur des données auxquelles cet ordinateur avait accès : il arrête l’accès d’un clic, et plus rien n’est remis dans les cinq secondes. Demandez ensuite un nouvel accès avec votre nouvel ordinateur. Ce qui était déjà ouvert sur l’ordinateur perdu ne peut pas être repris.',
  },
  words_title: 'Les mots du portail',
  words: [
    ['Ouvert à tous', 'Chacun peut télécharger et réutiliser, selon la licence.'],
    ['Scellé', 'Le fichier est fermé chez le producteur avant de partir. Seules les personnes approuvées peuvent l’ouvrir.'],
    ['Signé', 'Le producteur a marqué le contenu de façon que le moindre changement se voie.'],
    ['Registre public', 'La liste de tous les actes du portail, où rien ne peut être effacé ou changé sans que cela se voie.'],
    ['Empreinte', 'Trente chiffres à comparer de vive voix, pour être sûr de parler à la bonne personne.'],
  ],
  demo: {
    title: 'Courriels de la démonstration',
    lead: 'Les messages que le portail enverrait, le plus récent d’abord. Cette page n’existe que dans une démonstration sur votre propre machine.',
    none: 'Aucun message pour le moment.',
    to: 'À',
  },
};
