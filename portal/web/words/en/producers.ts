import type { Words } from '../words.ts';

export const producers: Words['producers'] = {
  title: 'Producers',
  lead: 'Every producer signs its data on its own node, and answers for what they say.',
  none: 'No producer yet.',
  datasets_of: (name) => `Data of ${name}`,
  no_datasets: 'This producer has not published anything yet.',
  all_of: 'All its data',
  domain: 'Site',
  suspended: 'This producer is suspended: nothing new can be published in its name.',
  identity: 'Verifiable identity',
  identity_text: 'These characters name this producer for ever: they are computed from its first signatures. They are what the “sceau” command remembers, not the name.',
  identity_asserted: 'That name and identity belong together is asserted by this portal, whose operator compared a fingerprint with the organisation.',
  identity_more: 'Technical detail',
};
