import type { Words } from '../words.ts';

export const home: Words['home'] = {
  headline: 'The territory’s data, shared and verifiable.',
  lead: 'Open to everyone, or sealed and handed to those who may have them. Always signed by whoever answers for them.',
  figures: 'In figures',
  figure_datasets: (n) => (n === 1 ? 'dataset' : 'datasets'),
  figure_sealed: () => 'sealed, on request',
  figure_producers: (n) => (n === 1 ? 'producer' : 'producers'),
  figure_acts: (n) => (n === 1 ? 'act in the public log' : 'acts in the public log'),
  find_title: 'Find and reuse',
  find_text: 'Search, download, quote an address that stays. No account for anything that is open.',
  find_link: 'Browse the data',
  publish_title: 'Publish, and stay in charge',
  publish_text: 'Your files are signed on your side, and sealed on your side when they are not for everyone. You decide who opens them.',
  publish_link: 'How to publish',
  themes: 'By theme',
  newest: 'Recently published',
  all_datasets: 'All data',
  producers: 'Who publishes here',
  all_producers: 'All producers',
  nothing_yet: 'No dataset yet. The first producers are preparing theirs.',
};
