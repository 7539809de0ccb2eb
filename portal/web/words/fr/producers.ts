export const producers = {
  title: 'Producteurs',
  lead: 'Chaque producteur signe ses données depuis son propre nœud, et répond de leur contenu.',
  none: 'Aucun producteur pour le moment.',
  datasets_of: (name: string) => `Données de ${name}`,
  no_datasets: "Ce producteur n’a encore rien publié.",
  all_of: 'Toutes ses données',
  domain: 'Site',
  suspended: 'Ce producteur est suspendu : rien de nouveau ne peut être publié en son nom.',
  identity: 'Identité vérifiable',
  identity_text: "Cette suite de caractères désigne ce producteur pour toujours : elle est calculée à partir de ses premières signatures. C’est elle que retient la commande « sceau », pas le nom.",
  identity_asserted: 'Le lien entre le nom et cette identité est affirmé par ce portail, dont l’opérateur a comparé une empreinte avec l’organisation.',
  identity_more: 'Détail technique',
};
